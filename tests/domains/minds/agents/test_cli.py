"""``agora agent`` on a data folder without a server."""

from __future__ import annotations

from pathlib import Path

from tests.domains.minds.models.test_cli import Shell


def test_agents_from_the_terminal(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "data")
    made = shell.json("agent", "add", "Noor", "--interest", "rivers", "--openness", "0.9")
    assert (made["name"], made["interests"], made["traits"]["openness"]) == ("Noor", ["rivers"], 0.9)
    assert [agent["name"] for agent in shell.json("agent", "list")] == ["Noor"]
    assert shell.run("agent", "pause", "noor") == "Noor is paused."
    assert shell.json("agent", "show", "Noor")["state"] == "paused"
    assert shell.run("agent", "resume", made["id"]) == "Noor goes on."
    assert shell.run("agent", "pause", "--all") == "All agents are paused."
    assert "Which agent?" in shell.run("agent", "pause", fails=True)
    assert "Known: Noor" in shell.run("agent", "show", "Kofi", fails=True)
    assert "choose another name" in shell.run("agent", "add", "NOOR", fails=True)
    assert shell.json("agent", "summaries", "--drop", "7") == []
    assert shell.run("agent", "remove", "Noor") == "Noor is removed."
    assert shell.json("agent", "list") == []
