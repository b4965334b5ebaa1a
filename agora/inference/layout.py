"""The prompt layout: the one place that says how a conversation, a persona and a task become text.

Order: what all agents share first (rules, channel, transcript), then who I am, my mood, what I remember and what
to do. Prompts of different agents about one channel therefore begin with the same tokens, which are evaluated
once. Two styles carry the same content:

- `starter`: the special tokens of the model that this repository trains; a model says so in its GGUF metadata
  (`agora.layout`);
- `chat`: plain text in two messages, for any other model and its own chat template.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from agora.inference.context import Language, Line, PrivateContext, SharedContext, Task
from agora.inference.folding import fold_letters
from agora.inference.heard import tell_heard
from agora.inference.pages import find_start, mark
from agora.inference.safety import clean_block, clean_line, clean_name
from agora.inference.subject import find_subject
from agora.inference.wording import describe_task, describe_traits, list_trait_words, say

Style = Literal["starter", "chat"]

LAYOUT_KEY = "agora.layout"
"""GGUF metadata key by which a model says that it was trained on the `starter` style."""
LAYOUT_VERSION = "starter-3"

RULES, ROOM, SAY, ME, MOOD, MEMORY, DO, END = (
    "<|rules|>",
    "<|room|>",
    "<|say|>",
    "<|me|>",
    "<|mood|>",
    "<|memory|>",
    "<|do|>",
    "<|end|>",
)
LANGUAGE_TOKENS: dict[Language, str] = {"en": "<|en|>", "fr": "<|fr|>"}
SPECIAL_TOKENS = (END, RULES, ROOM, SAY, ME, MOOD, MEMORY, DO, *LANGUAGE_TOKENS.values())
"""Every control token of the starter model, in the order of their ids; `<|end|>` ends each line and each reply."""

# The starter model sees a short window: long free text would push the conversation out of it.
_STARTER_LIMITS = {"rules": 160, "topic": 80, "line": 320, "summary": 160, "instructions": 160, "memory": 120, "heard": 160}
_STARTER_MEMORIES = 3
_STARTER_INTERESTS = 4

LONGEST_SUMMARY = 400
"""Characters of a summary that a prompt in the `chat` style holds at most."""


class ChatMessage(msgspec.Struct, frozen=True):
    """One message for a model's own chat template."""

    role: Literal["system", "user", "assistant"]
    content: str


def find_style(metadata: Mapping[str, str]) -> Style:
    """The style a model understands, from its GGUF metadata."""
    return "starter" if metadata.get(LAYOUT_KEY) == LAYOUT_VERSION else "chat"


def keep_recent(lines: Sequence[Line], most: int) -> tuple[Line, ...]:
    """The newest lines, at most `most` and more than half as many; the oldest go a page at a time (see `pages`)."""
    start = find_start([mark(line.speaker, line.text) for line in lines], most) if len(lines) > most else 0
    return tuple(lines[min(start, len(lines) - 1) :]) if lines else ()


def build_shared(shared: SharedContext, style: Style = "starter") -> str:
    """The part that is identical for every agent: it depends on nothing but `shared`."""
    return _starter_shared(shared) if style == "starter" else _chat_shared(shared)


def build_private(private: PrivateContext, shared: SharedContext, style: Style = "starter") -> str:
    """The part for one agent. In the `starter` style the model's words follow directly."""
    task = with_subject(private.task, shared)
    build = _starter_private if style == "starter" else _chat_private
    return build(msgspec.structs.replace(private, task=task), shared)


def build_prompt(shared: SharedContext, private: PrivateContext) -> str:
    """The whole `starter` prompt; tokenise it with control tokens on and no automatic beginning token."""
    return build_shared(shared) + build_private(private, shared)


def build_messages(shared: SharedContext, private: PrivateContext) -> tuple[ChatMessage, ...]:
    """The `chat` style: the shared part first, in its own message, so that the prefix stays common."""
    return (
        ChatMessage("system", build_shared(shared, "chat")),
        ChatMessage("user", build_private(private, shared, "chat")),
    )


def list_stops(style: Style, shared: SharedContext, name: str) -> tuple[str, ...]:
    """Strings at which generation ends. The starter model ends by token; chat models tend to play everybody."""
    if style == "starter":
        return (END,)
    own = clean_name(name)
    others = dict.fromkeys(clean_name(line.speaker) for line in shared.lines)
    return tuple(f"\n{other}:" for other in others if other != own)[-16:]


def with_subject(task: Task, shared: SharedContext) -> Task:
    """Fills in `about` from the last messages where the task wants one and none was given."""
    if task.about is not None or task.kind not in ("reply", "open", "mediate"):
        return task
    names = {line.speaker for line in shared.lines} | {task.target or ""}
    lines = shared.lines
    if task.kind == "reply" and task.target:
        last = max((at for at, line in enumerate(lines) if line.speaker == task.target), default=len(lines) - 1)
        lines = lines[: last + 1]
    found = find_subject([line.text for line in lines[-3:]], shared.topic, shared.language, names)
    return msgspec.structs.replace(task, about=found)


def find_heard(task: Task, shared: SharedContext) -> Line | None:
    """What a reply answers: the last line of whom it is for, else the last of all; None for any other task."""
    if task.kind != "reply" or not shared.lines:
        return None
    of_target = (line for line in reversed(shared.lines) if line.speaker == task.target)
    return next(of_target, shared.lines[-1])


# ---- starter style ------------------------------------------------------------------------------------------------


def _starter_shared(shared: SharedContext) -> str:
    community = clean_line(shared.community, 60)
    rules = clean_line(shared.rules, _STARTER_LIMITS["rules"])
    topic = clean_line(shared.topic, _STARTER_LIMITS["topic"])
    channel = clean_name(shared.channel)
    head = f"{RULES} {community}: {rules}{END}" if rules else f"{RULES} {community}{END}"
    title = f"{ROOM} {channel} | {topic}{END}" if topic else f"{ROOM} {channel}{END}"
    summary = clean_line(shared.summary, _STARTER_LIMITS["summary"])
    before = f"{MEMORY} {summary}{END}" if summary else ""
    return fold_letters(head + title + before + "".join(_starter_line(line) for line in shared.lines))


def _starter_line(line: Line) -> str:
    # Every name follows a space, so that it is made of the same tokens wherever it stands and can be copied.
    heard = f" > {clean_name(line.reply_to)}" if line.reply_to else ""
    return f"{SAY} {clean_name(line.speaker)}{heard}: {clean_line(line.text, _STARTER_LIMITS['line'])}{END}"


def _starter_private(private: PrivateContext, shared: SharedContext) -> str:
    traits = ", ".join(list_trait_words(private.traits))
    parts = [f"{ME} {clean_name(private.name)}: {traits}"]
    if private.interests:
        parts.append(" | " + ", ".join(clean_line(i, 40) for i in private.interests[:_STARTER_INTERESTS]))
    if private.instructions.strip():
        parts.append(f" | {clean_line(private.instructions, _STARTER_LIMITS['instructions'])}")
    parts.append(f"{MOOD} {clean_line(private.mood, 40)}")
    memories = private.memories[:_STARTER_MEMORIES]
    parts.extend(f"{MEMORY} {clean_line(text, _STARTER_LIMITS['memory'])}" for text in memories)
    heard = find_heard(private.task, shared)
    if heard:  # once more where the model begins: a small one answers what it has just read, not what is far above
        parts.append(f"{SAY} {clean_name(heard.speaker)}: {clean_line(heard.text, _STARTER_LIMITS['heard'])}{END}")
    # The strongest trait once more, next to where the model begins: a small one sounds like what it has just read.
    voice = list_trait_words(private.traits)[0]
    kind = f" {tell_heard(heard.text, shared.language)}" if heard else ""
    parts.append(f"{DO} {_starter_task(private.task)} | {voice}{kind}{LANGUAGE_TOKENS[shared.language]}")
    return fold_letters("".join(parts))


def _starter_task(task: Task) -> str:
    words: list[str] = [task.kind]
    if task.target:
        words.append(", ".join(clean_name(name) for name in task.target.split(",")))
    if task.n is not None and task.kind in ("summarise", "title"):
        words.append(str(task.n))
    if task.shape and task.kind == "json":
        words.append(clean_line(task.shape, 200))
    about = f" | {clean_line(task.about, 60)}" if task.about else ""
    return " ".join(words) + about


# ---- chat style ---------------------------------------------------------------------------------------------------


def _chat_shared(shared: SharedContext) -> str:
    language = shared.language
    parts = [say(language, "place", community=clean_line(shared.community, 100))]
    if shared.rules.strip():
        parts.append(say(language, "rules", rules=clean_block(shared.rules)))
    topic = say(language, "topic", topic=clean_line(shared.topic, 300)) if shared.topic.strip() else ""
    parts.append(say(language, "channel", channel=clean_name(shared.channel)) + topic)
    if shared.summary.strip():
        parts.append(say(language, "before", text=clean_line(shared.summary, LONGEST_SUMMARY)))
    parts.append(say(language, "transcript"))
    parts.extend(_chat_line(line, shared) for line in shared.lines)
    return "\n".join(parts)


def _chat_line(line: Line, shared: SharedContext) -> str:
    heard = say(shared.language, "heard", name=clean_name(line.reply_to)) if line.reply_to else ""
    return f"{clean_name(line.speaker)}{heard}: {clean_block(line.text)}"


def _chat_private(private: PrivateContext, shared: SharedContext) -> str:
    language, name = shared.language, clean_name(private.name)
    parts = [say(language, "me", name=name, traits=describe_traits(private.traits, language))]
    if private.interests:
        parts.append(say(language, "interests", interests=", ".join(clean_line(i, 80) for i in private.interests)))
    if private.instructions.strip():
        parts.append(say(language, "instructions", text=clean_block(private.instructions)))
    parts.append(say(language, "mood", mood=clean_line(private.mood, 80)))
    if private.memories:
        parts.append(say(language, "memories"))
        parts.extend(f"- {clean_line(text, 400)}" for text in private.memories)
    parts.append(describe_task(private.task, language, name))
    return "\n".join(parts)
