"""``agora doctor``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from agora.domains.operations.doctor.finding import Finding, failed, ok
from agora.kernel.commands import ConfigOption, DataOption, JsonOption, print_json
from agora.kernel.domain import load_domains
from agora.kernel.errors import SetupError
from agora.kernel.migrate import count_steps
from agora.kernel.sources import ROOT, data_folder, find_config_path, load_config

cli = typer.Typer()
_MARKS = {"ok": "ok     ", "warning": "warning", "failed": "FAILED "}


@cli.command("doctor")
def doctor(
    check_rules: Annotated[bool, typer.Option("--self", help="Check the program's own rules as well.")] = False,
    config: ConfigOption = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check machine, configuration, data, models and port; exit 1 says what to do. Example: agora doctor --json"""
    findings = examine(config, data)
    if check_rules:
        from agora.domains.operations.doctor.self_check import check_self

        findings += check_self(ROOT, load_domains())
    if as_json:
        print_json({"ok": is_well(findings), "findings": findings})
    else:
        for finding in findings:
            cure = f" {finding.cure}" if finding.cure else ""
            typer.echo(f"{_MARKS[finding.state]} {finding.check}: {finding.what}{cure}")
    if not is_well(findings):
        raise typer.Exit(1)


def is_well(findings: Sequence[Finding]) -> bool:
    """Nothing failed."""
    return all(finding.state != "failed" for finding in findings)


def examine(config_path: Path | None, data: Path | None) -> list[Finding]:
    """Everything that a start needs; with a wrong configuration only that is said."""
    from agora.domains.operations.doctor.files import check_files
    from agora.domains.operations.doctor.folder import check_data, check_models
    from agora.domains.operations.doctor.machine import check_machine, check_port
    from agora.inference.registry import ModelRegistry
    from agora.inference.settings import InferenceSettings
    from agora.kernel.settings import Server

    try:
        config = load_config(config_path)
    except SetupError as error:
        return [failed("configuration", str(error), "Then run agora doctor again.")]
    folder = data_folder(config, data)
    server = config.get(Server)
    registry = ModelRegistry([ROOT / "models"], folder / "models", folder / "indexes" / "models")
    return [
        ok("configuration", f"{find_config_path(config_path) or 'defaults and environment'} is right"),
        *check_machine(folder),
        *check_data(folder, count_steps(load_domains())),
        *check_files(config, folder),
        *check_models(registry, config.get(InferenceSettings).model),
        check_port(server.host, server.port, folder),
    ]
