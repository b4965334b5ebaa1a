"""``RuleBook``: all rules in memory, kept fresh by live listeners."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from agora.domains.talk.moderation.events import RuleCreated, RuleDeleted, RuleUpdated
from agora.domains.talk.moderation.match import Matcher
from agora.domains.talk.moderation.model import Rule

if TYPE_CHECKING:
    from agora.kernel.app import App
    from agora.kernel.events import Recorded


class RuleBook:
    """The rules of every guild, made ready."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._guilds: dict[int, dict[int, Matcher]] = {}
        for rule in rules:
            self.put(rule)

    def put(self, rule: Rule) -> None:
        """Add or change a rule."""
        self._guilds.setdefault(rule.guild_id, {})[rule.id] = Matcher(rule)

    def drop(self, rule: Rule) -> None:
        """Remove a rule."""
        self._guilds.get(rule.guild_id, {}).pop(rule.id, None)

    def of(self, guild_id: int) -> list[Matcher]:
        """A guild's rules, oldest first."""
        known = self._guilds.get(guild_id)
        return [] if known is None else [known[rule_id] for rule_id in sorted(known)]

    def find(self, guild_id: int, rule_id: int) -> Rule | None:
        """A rule of a guild."""
        matcher = self._guilds.get(guild_id, {}).get(rule_id)
        return None if matcher is None else matcher.rule


def on_rule(app: App, recorded: Recorded) -> None:
    """A new or changed rule."""
    event = recorded.event
    assert isinstance(event, RuleCreated | RuleUpdated)
    app.get(RuleBook).put(event.rule)


def on_rule_deleted(app: App, recorded: Recorded) -> None:
    """A rule less."""
    event = recorded.event
    assert isinstance(event, RuleDeleted)
    app.get(RuleBook).drop(event.rule)
