"""Readiness: which component is to blame, and when the whole is not ready."""

import asyncio
import shutil
from pathlib import Path

import pytest

from agora.domains.operations.metrics import checks
from agora.domains.operations.metrics.checks import CHECKS
from agora.kernel import readiness as module
from agora.kernel.app import App
from agora.kernel.domain import Domain
from agora.kernel.metrics import Metrics, counter
from agora.kernel.readiness import Health, Readiness, check_all
from tests.kit.kernel import open_kernel


async def well(app: App) -> Health:
    return Health("ready")


async def broken(app: App) -> Health:
    raise ConnectionError("unplugged")


async def stuck(app: App) -> Health:
    await asyncio.Event().wait()
    return Health("ready")


async def test_a_server_without_a_model_is_degraded_but_not_failed(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, []) as app:
        state, components = await check_all(app, CHECKS)
    assert state == "degraded"
    assert {c.name: c.state for c in components} == {
        "database": "ready",
        "disk": "ready",
        "writer": "ready",
        "model": "degraded",
    }


async def test_a_full_disk_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=1 << 20)
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda path: usage)
    async with open_kernel(tmp_path, []) as app:
        state, components = await check_all(app, CHECKS)
    assert state == "failed"
    assert next(c.reason for c in components if c.name == "disk").startswith("only 1 MiB are free")


async def test_a_closed_database_fails(tmp_path: Path) -> None:
    async with open_kernel(tmp_path, []) as app:
        pass
    state, _ = await check_all(app, CHECKS)
    assert state == "failed"


@pytest.mark.parametrize(
    ("required", "other", "state"),
    [(well, well, "ready"), (well, broken, "degraded"), (broken, well, "failed"), (stuck, well, "failed")],
)
async def test_only_required_components_fail_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, required: object, other: object, state: str
) -> None:
    monkeypatch.setattr(module, "LIMIT_S", 0.05)
    app = App(root=tmp_path, data=tmp_path, domains=[])
    found, components = await check_all(app, [Readiness("a", required), Readiness("b", other, required=False)])
    assert found == state
    if required is broken:
        assert components[0].reason == "unplugged"
    if required is stuck:
        assert components[0].reason.startswith("no answer within")


async def test_metrics_hold_the_kernels_the_domains_and_the_process(tmp_path: Path) -> None:
    cakes = counter("agora_test_cakes_total", "Cakes baked", ("kind",))
    cakes.labels("plum").inc(3)
    async with open_kernel(tmp_path, [Domain(name="bakery", metrics=(cakes,))]) as app:
        text = Metrics(app).render().decode()
    assert 'agora_test_cakes_total{kind="plum"} 3.0' in text
    assert "agora_writes_waiting 0.0" in text
    assert "agora_process_resident_memory_bytes" in text
