"""The contract between domains, checked on small made-up trees."""

from __future__ import annotations

from pathlib import Path

import pytest

from agora.domains.operations.doctor.contracts import find_contract_breaks


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """``accounts`` below ``messages`` below ``wiki``, in three quarters, all in order."""
    make(tmp_path, "place/accounts", uses=(), face="from agora.domains.place.accounts.service import find_user\n")
    make(tmp_path, "talk/messages", uses=("accounts",), face="def send(): ...\n")
    make(tmp_path, "work/wiki", uses=("messages", "accounts"))
    write(tmp_path, "talk/messages/service.py", "from agora.domains.place.accounts import find_user\n")
    write(tmp_path, "work/wiki/service.py", "from agora.domains.talk import messages\n")
    write(tmp_path, "work/wiki/listen.py", "from agora.domains.talk.messages.events import MessageSent\n")
    return tmp_path


def make(root: Path, place: str, uses: tuple[str, ...], face: str = "") -> None:
    name = place.rpartition("/")[2]
    for file in ("service", "events", "queries"):
        write(root, f"{place}/{file}.py", "")
    write(root, f"{place}/__init__.py", face)
    write(root, f"{place}/domain.py", f"USES: tuple[str, ...] = {uses!r}\nDOMAIN = Domain(name={name!r})\n")


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8")


def test_what_is_declared_is_allowed(tree: Path) -> None:
    assert find_contract_breaks(tree) == []


@pytest.mark.parametrize(
    "line",
    [
        "from agora.domains.work.wiki import find_page",
        "from agora.domains.work.wiki.events import PageSaved",
        "import agora.domains.work.wiki",
        "from agora.domains.work import wiki",
        "def later():\n    from agora.domains.work.wiki import find_page",
        "if TYPE_CHECKING:\n    from agora.domains.work.wiki import Page",
        "from ...work.wiki import find_page",
    ],
)
def test_an_undeclared_import_is_named_with_file_and_line(tree: Path, line: str) -> None:
    write(tree, "talk/messages/queries.py", f"\n{line}\n")
    number = 2 + line.count("\n")
    assert find_contract_breaks(tree) == [f"talk/messages/queries.py line {number}: imports 'wiki', which is not in its USES"]


@pytest.mark.parametrize(
    "line",
    [
        "from agora.domains.talk.messages.queries import list_recent",
        "from agora.domains.talk.messages import queries",
        "import agora.domains.talk.messages.queries",
    ],
)
def test_only_face_and_events_may_be_imported(tree: Path, line: str) -> None:
    write(tree, "work/wiki/queries.py", f"{line}\n")
    (found,) = find_contract_breaks(tree)
    assert found.startswith("work/wiki/queries.py line 1: imports messages.queries; only the face")


def test_a_function_of_the_face_may_bear_a_modules_name(tree: Path) -> None:
    write(tree, "place/accounts/__init__.py", "from agora.domains.place.accounts.service import service\n")
    write(tree, "talk/messages/service.py", "from agora.domains.place.accounts import service\n")
    assert find_contract_breaks(tree) == []


def test_circles_strangers_and_higher_quarters_are_found(tree: Path) -> None:
    write(tree, "place/accounts/domain.py", "USES = ('messages', 'nobody')\nDOMAIN = Domain(name='accounts')\n")
    found = find_contract_breaks(tree)
    assert "place/accounts/domain.py: USES names 'nobody', which does not exist" in found
    assert any("USES names 'messages' of the higher quarter talk" in problem for problem in found)
    assert any(problem.startswith("USES goes in a circle: ") for problem in found)


def test_a_domain_without_plain_uses_is_found(tree: Path) -> None:
    write(tree, "work/wiki/domain.py", "DOMAIN = Domain(name='wiki')\n")
    assert find_contract_breaks(tree) == ["work/wiki: domain.py has no USES"]
    write(tree, "work/wiki/domain.py", "USES = ()\nDOMAIN = Domain(name='other')\n")
    assert find_contract_breaks(tree) == ["work/wiki: is named 'other' in its domain.py: folder and name must be equal"]
