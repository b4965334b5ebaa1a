"""``USES`` against the real imports, read from the source text: nothing is imported, so nothing can hide.

A domain may import another one only if its ``USES`` names it, and only the face (the package) or its ``events``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import msgspec

from agora.kernel.domain import QUARTERS

PREFIX = "agora.domains"


class Source(msgspec.Struct, frozen=True):
    """A domain's folder as its text says: quarter, name, what it says it uses, the names of its face."""

    quarter: str
    name: str
    folder: Path
    uses: tuple[str, ...]
    face: frozenset[str]

    @property
    def package(self) -> str:
        """Such as ``agora.domains.talk.messages``."""
        return f"{PREFIX}.{self.quarter}.{self.name}"


class Import(msgspec.Struct, frozen=True):
    """``module`` is what is imported from, ``name`` what is taken of it (empty: the module itself)."""

    module: str
    name: str
    file: Path
    line: int


def find_contract_breaks(domains: Path) -> list[str]:
    """Every break of the contract below the folder ``agora/domains``, with file and line."""
    found: dict[str, Source] = {}
    problems = []
    for folder in sorted(path.parent for path in domains.glob("*/*/__init__.py")):
        try:
            source = read_source(folder)
        except (OSError, ValueError) as error:
            problems.append(f"{folder.parent.name}/{folder.name}: {error}")
            continue
        found[source.name] = source
    for source in found.values():
        problems += _check_uses(source, found)
        breaks = [problem for item in list_imports(source) for problem in _check_import(source, item, found)]
        problems += dict.fromkeys(breaks)  # one line that imports five names is one break
    return problems + _check_cycle(found)


def read_source(folder: Path) -> Source:
    """Reads ``USES``, the name and the face. Raises ValueError when ``domain.py`` does not have them as plain values."""
    if not (folder / "domain.py").is_file():  # tools that no server starts, such as a trainer: may use nothing
        return Source(folder.parent.name, folder.name, folder, (), frozenset())
    tree = ast.parse((folder / "domain.py").read_text(encoding="utf-8"))
    uses = _find_uses(tree)
    name = _find_name(tree)
    if name != folder.name:
        raise ValueError(f"is named {name!r} in its domain.py: folder and name must be equal")
    face = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    return Source(folder.parent.name, name, folder, uses, frozenset(_list_bound(face)))


def _find_uses(tree: ast.Module) -> tuple[str, ...]:
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id == "USES" for target in targets):
            return tuple(ast.literal_eval(node.value))
    raise ValueError("domain.py has no USES")


def _find_name(tree: ast.Module) -> str:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Domain":
            for keyword in node.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    return str(keyword.value.value)
    raise ValueError("domain.py has no Domain(name=...)")


def _list_bound(tree: ast.Module) -> Iterator[str]:
    """Names that a module binds at its top level."""
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.asname or alias.name for alias in node.names)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def list_imports(source: Source) -> Iterator[Import]:
    """Every import of another domain in the folder, also inside functions and for type checkers only."""
    for file in sorted(source.folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield Import(alias.name, "", file, node.lineno)
            elif isinstance(node, ast.ImportFrom):
                module = _absolute(source, file, node)
                for alias in node.names:
                    yield Import(module, alias.name, file, node.lineno)


def _absolute(source: Source, file: Path, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    package = [*source.package.split("."), *file.relative_to(source.folder).parts[:-1]]
    return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])


def _check_import(source: Source, item: Import, found: Mapping[str, Source]) -> Iterator[str]:
    module, name = item.module, item.name
    if name and len(module.split(".")) < 4 and module.startswith(PREFIX):
        module, name = f"{module}.{name}", ""  # from agora.domains.talk import messages
    parts = module.split(".")
    if not module.startswith(f"{PREFIX}.") or len(parts) < 4:
        return
    target = found.get(parts[3])
    if target is None or target.name == source.name or target.quarter != parts[2]:
        return
    where = f"{source.quarter}/{source.name}/{item.file.relative_to(source.folder)} line {item.line}"
    if target.name not in source.uses:
        yield f"{where}: imports {target.name!r}, which is not in its USES"
    inner = parts[4:] or ([name] if _is_inner(target, name) else [])
    if inner and inner != ["events"]:
        yield f"{where}: imports {target.name}.{'.'.join(inner)}; only the face of {target.name!r} or its events may be"


def _is_inner(target: Source, name: str) -> bool:
    """Whether ``from package import name`` takes a module of the package instead of a name of its face."""
    if not name:
        return False
    is_module = (target.folder / f"{name}.py").exists() or (target.folder / name / "__init__.py").exists()
    return is_module and name not in target.face


def _check_uses(source: Source, found: Mapping[str, Source]) -> Iterator[str]:
    where = f"{source.quarter}/{source.name}/domain.py"
    for name in source.uses:
        if name not in found:
            yield f"{where}: USES names {name!r}, which does not exist"
        elif QUARTERS.index(found[name].quarter) > QUARTERS.index(source.quarter):
            yield f"{where}: USES names {name!r} of the higher quarter {found[name].quarter}: listen to it or offer a hook"


def _check_cycle(found: Mapping[str, Source]) -> list[str]:
    try:
        TopologicalSorter({name: set(source.uses) for name, source in found.items()}).prepare()
    except CycleError as error:
        return [f"USES goes in a circle: {' -> '.join(error.args[1])}"]
    return []
