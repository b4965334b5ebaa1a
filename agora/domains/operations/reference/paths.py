"""Which paths of Discord's own description this server answers: a table made from the routes, with a reason for the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from agora.kernel.http import Route

PREFIX = "/api/v10"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
OUT, LATER = "out", "not yet"
_PARAMETER = re.compile(r"\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")
_ROW = re.compile(r"^\| `(?P<path>/[^`]*)` \| (?P<methods>[A-Z, ]+) \|")

# The first pattern that is found in a path says why it is not answered.
REASONS: tuple[tuple[str, str, str], ...] = (
    (r"entitlements|^/skus", OUT, "payments: nothing is sold here"),
    (r"^/sticker-packs", OUT, "store: Discord's own packs"),
    (r"^/lobbies", OUT, "lobbies belong to Discord's game SDK"),
    (r"^/partner-sdk", OUT, "partner SDK"),
    (r"voice|^/stage-instances|soundboard|regions", OUT, "voice"),
    (r"activity-instances", OUT, "activities run in Discord's own client"),
    (r"role-connection", OUT, "linked roles need accounts at outside services"),
    (r"^/users/@me/connections", OUT, "accounts at outside services"),
    (r"^/oauth2/(keys|userinfo|@me)", OUT, "signing in elsewhere with an account of this server"),
    (r"/github$", OUT, "GitHub cannot reach an offline server; outgoing and incoming webhooks speak Discord's and Slack's shapes"),
    (r"widget", OUT, "shows a community on outside pages"),
    (r"vanity-url", OUT, "Discord's paid perk; invitations have codes"),
    (r"/attachment$", OUT, "activities run in Discord's own client"),
    (r"members/\{user_id\}$", OUT, "needs OAuth2 of an outside service; invitations bring people in"),
    (r"incident-actions", LATER, "measures against raids"),
    (r"new-member-welcome|onboarding|welcome-screen", LATER, "greeting of new members"),
    (r"/requests|target-users", LATER, "joining on request"),
    (r"scheduled-events", LATER, "calendar"),
    (r"polls", LATER, "polls"),
    (r"auto-moderation", LATER, "rules of moderation"),
    (r"commands|interactions", LATER, "interactions"),
    (r"webhooks", LATER, "webhooks"),
)


class Row(msgspec.Struct, frozen=True):
    """One path: its methods as described, and those that are answered."""

    path: str
    methods: tuple[str, ...]
    answered: tuple[str, ...]

    @property
    def state(self) -> str:
        """``yes``, ``part``, ``no`` or ``out``."""
        if len(self.answered) == len(self.methods):
            return "yes"
        if self.answered:
            return "part"
        return OUT if _reason(self.path)[0] == OUT else "no"

    @property
    def why(self) -> str:
        """What is missing and why; empty when nothing is."""
        if self.state == "yes":
            return ""
        kind, reason = _reason(self.path)
        missing = ", ".join(method for method in self.methods if method not in self.answered)
        return f"{missing}: {reason}" if kind == OUT else f"{missing}: {reason}, {LATER}" if reason else f"{missing}: {LATER}"


def read_description(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Path -> methods, of an OpenAPI document."""
    return {
        path: tuple(method for method in METHODS if method.lower() in operations)
        for path, operations in sorted(document["paths"].items())
    }


def read_table(text: str) -> dict[str, tuple[str, ...]]:
    """The same of a table that was made here: it can be made anew without the description."""
    rows = (_ROW.match(line) for line in text.splitlines())
    return {row["path"]: tuple(part.strip() for part in row["methods"].split(",")) for row in rows if row is not None}


def build_rows(described: Mapping[str, tuple[str, ...]], routes: Iterable[Route]) -> list[Row]:
    """Compare; names of parameters do not matter."""
    answered = {(route.method, _shape(route.path.removeprefix(PREFIX))) for route in routes if route.path.startswith(PREFIX)}
    return [
        Row(path, methods, tuple(method for method in methods if (method, _shape(path)) in answered))
        for path, methods in sorted(described.items())
    ]


def build_table(rows: Iterable[Row]) -> str:
    """The page ``docs/api-paths.md``."""
    found = list(rows)
    counts = {state: sum(row.state == state for row in found) for state in ("yes", "part", "no", OUT)}
    lines = [
        "# Discord's paths",
        "",
        "Made by `agora reference paths`; do not edit. The paths are those of Discord's own description of its REST API, below",
        f"`{PREFIX}`. What goes beyond it is described by `GET /api/agora/openapi.json`.",
        "",
        f"{len(found)} paths: {counts['yes']} yes, {counts['part']} in part, {counts['no']} no, {counts[OUT]} out of scope.",
        "",
        "| path | methods | answered | why not |",
        "|---|---|---|---|",
        *(f"| `{row.path}` | {', '.join(row.methods)} | {row.state} | {row.why} |" for row in found),
    ]
    return "\n".join(lines) + "\n"


def _reason(path: str) -> tuple[str, str]:
    for pattern, kind, reason in REASONS:
        if re.search(pattern, path):
            return kind, reason
    return LATER, ""


def _shape(path: str) -> str:
    return _PARAMETER.sub("{}", path)
