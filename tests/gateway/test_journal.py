"""The journal: what it says again after the process is gone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agora.gateway.journal import MARKS, SLOTS_PER_FILE, Journal, Kept, new_session_id


def kept(user_id: int = 1, **more: object) -> Kept:
    """A session."""
    base = Kept(slot=0, session_id=new_session_id(), user_id=user_id, credential_id=5, intents=7, shard=(1, 3), last=0, held=False)
    return msgspec.structs.replace(base, **more)


def test_sessions_are_found_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    assert journal.kept() == []
    sessions = [kept(n + 1) for n in range(SLOTS_PER_FILE + 3)]
    slots = [journal.take(s) for s in sessions]
    assert len(set(slots)) == len(sessions)
    assert slots[4] is not None
    journal.free(slots[4])
    journal.processed = 99
    journal.close()
    again = Journal(tmp_path)
    found = {k.session_id: k for k in again.kept()}
    assert set(found) == {s.session_id for i, s in enumerate(sessions) if i != 4}
    assert found[sessions[0].session_id] == msgspec.structs.replace(sessions[0], slot=slots[0])
    assert again.processed == 99
    assert again.take(kept()) is not None
    again.close()


@settings(max_examples=25, deadline=None)
@given(count=st.integers(0, 2 * MARKS + 10), back=st.integers(0, MARKS + 20))
def test_marks_are_exact_or_refused(tmp_path_factory: pytest.TempPathFactory, count: int, back: int) -> None:
    journal = Journal(tmp_path_factory.mktemp("journal"))
    slot = journal.take(kept())
    assert slot is not None
    for number in range(1, count + 1):
        journal.note(slot, number, number * 256)
    after = max(0, count - back)
    found = journal.marks(slot, after, count)
    if count - after > MARKS:
        assert found is None
    else:
        assert found == [n * 256 for n in range(after + 1, count + 1)]
    assert journal.newest(slot, count) == count * 256
    journal.close()


def test_a_full_disk_only_costs_the_resume(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(tmp_path)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("agora.gateway.journal.os.write", full)
    assert journal.take(kept()) is None
    monkeypatch.undo()
    assert journal.take(kept()) is not None
    journal.close()


def test_a_foreign_or_torn_file_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "gateway-0.journal").write_bytes(b"something else")
    journal = Journal(tmp_path)
    assert journal.kept() == []
    assert journal.processed == 0
    assert journal.take(kept()) is not None
    journal.close()


def test_what_was_noted_survives_kill_9(tmp_path: Path) -> None:
    program = (
        "import os, sys, pathlib\n"
        "from agora.gateway.journal import Journal, Kept\n"
        "j = Journal(pathlib.Path(sys.argv[1])); j.kept()\n"
        "s = j.take(Kept(0, '12' * 16, 42, 5, 7, (0, 1), 0, False))\n"
        "for n in range(1, 501): j.note(s, n, n << 8)\n"
        "j.processed = 500\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    assert done.returncode == -9
    journal = Journal(tmp_path)
    (found,) = journal.kept()
    assert (found.user_id, found.last, found.session_id) == (42, 500, "12" * 16)
    assert journal.processed == 500
    assert journal.marks(found.slot, 490, 500) == [n << 8 for n in range(491, 501)]
    journal.close()
