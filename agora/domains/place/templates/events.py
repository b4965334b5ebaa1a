"""What happens to templates. ``reason`` is what the actor gave for the audit log."""

from agora.kernel.events import Event


class TemplateCreated(Event, frozen=True, kw_only=True):
    """A community can be copied by whoever has the code."""

    guild_id: int
    code: str
    name: str
    reason: str | None = None


class TemplateSynced(Event, frozen=True, kw_only=True):
    """A template holds what the community is now."""

    guild_id: int
    code: str
    reason: str | None = None


class TemplateUpdated(Event, frozen=True, kw_only=True):
    """A template has another name or description."""

    guild_id: int
    code: str
    name: str
    description: str | None
    reason: str | None = None


class TemplateDeleted(Event, frozen=True, kw_only=True):
    """A code leads nowhere any more."""

    guild_id: int
    code: str
    reason: str | None = None


class TemplateUsed(Event, frozen=True, kw_only=True):
    """The community ``made_id`` was made from the template of another one."""

    guild_id: int
    code: str
    made_id: int


ALL = (TemplateCreated, TemplateSynced, TemplateUpdated, TemplateDeleted, TemplateUsed)
