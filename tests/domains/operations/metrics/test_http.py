"""What a supervisor and Prometheus see, over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.kit.server import Kit


async def test_alive_and_ready_without_sign_in(agora: Kit) -> None:
    await agora.scenario("GET", "/healthz", status=200, has=('"status":"ok"',))
    answer = await agora.scenario("GET", "/readyz", status=200, has=('"name":"database"', '"name":"model"'))
    assert answer.json["status"] == "ready", answer.text
    assert all(component["state"] == "ready" for component in answer.json["components"])


async def test_metrics_count_requests_by_route_and_writes_by_name(agora: Kit) -> None:
    ada = await agora.person("ada")
    await agora.request("GET", "/healthz")
    await agora.request("GET", "/healthz")
    answer = await agora.scenario("GET", "/metrics", status=200)
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert 'agora_http_requests_total{method="GET",route="/healthz",status="200"}' in answer.text
    assert 'agora_write_seconds_count{name="do_create_user"}' in answer.text
    assert str(ada.id) not in answer.text
