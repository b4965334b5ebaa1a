"""From a list of messages to prompt segments, by the model's own chat template.

A template is a Jinja program from somebody's file: it runs in a sandbox without access to anything, and is stopped
when it writes too much. People's words never go through it as control tokens: each content is replaced by a mark, the
template is rendered around the marks, and the words are put back as plain segments.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from agora.inference.errors import BadRequestToModel
from agora.inference.layout import ChatMessage
from agora.inference.ports import Segment

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
"""Used for models without a template of their own; the most common shape."""

LONGEST_RENDERING = 2_000_000
"""Characters of template output beyond which a template is taken to be broken."""


def render_messages(template: str, messages: Sequence[ChatMessage], *, beginning: str = "", end: str = "") -> tuple[Segment, ...]:
    """The prompt up to where the assistant's answer starts. Raises BadRequestToModel with the template's complaint."""
    marks = [f"m{secrets.token_hex(12)}m" for _ in messages]
    shown = [{"role": message.role, "content": mark} for message, mark in zip(messages, marks, strict=True)]
    try:
        text = _render(template or CHATML, shown, beginning, end)
    except BadRequestToModel:
        if not any(message.role == "system" for message in messages):
            raise
        # Several templates refuse a system role: its words then open the first message of the user.
        return render_messages(template, fold_system(messages), beginning=beginning, end=end)
    return _put_back(text, dict(zip(marks, (message.content for message in messages), strict=True)))


def fold_system(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """The same conversation without a system role: its words stand before the first user message."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    rest = [message for message in messages if message.role != "system"]
    if not rest or rest[0].role != "user":
        return (ChatMessage("user", system), *rest)
    return (ChatMessage("user", f"{system}\n\n{rest[0].content}"), *rest[1:])


def _render(template: str, messages: list[dict[str, str]], beginning: str, end: str) -> str:
    from jinja2 import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
    environment.globals["raise_exception"] = _complain
    environment.globals["strftime_now"] = _format_today
    environment.globals["range"] = _short_range
    try:
        pieces: list[str] = []
        size = 0
        stream = environment.from_string(template).generate(
            messages=messages, bos_token=beginning, eos_token=end, add_generation_prompt=True, enable_thinking=False
        )
        for piece in stream:
            pieces.append(piece)
            size += len(piece)
            if size > LONGEST_RENDERING:
                raise BadRequestToModel("The model's chat template writes without end.")
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, RecursionError, AttributeError) as error:
        raise BadRequestToModel(f"The model's chat template cannot take these messages: {error}") from error
    return "".join(pieces)


def _complain(message: object) -> str:
    """What templates call to refuse a conversation."""
    raise ValueError(str(message))


def _format_today(form: str) -> str:
    """Several templates tell the model the date."""
    return datetime.now(UTC).strftime(form)


def _short_range(*bounds: Any) -> range:
    made = range(*bounds)
    if len(made) > 100_000:
        raise ValueError("a loop of the template is too long")
    return made


def _put_back(text: str, contents: dict[str, str]) -> tuple[Segment, ...]:
    """Splits the rendering at its marks. A mark that the template left out loses its words, as the template wants."""
    segments: list[Segment] = []
    rest = text
    while rest:
        found = min(((at, mark) for mark in contents if (at := rest.find(mark)) >= 0), default=None)
        if found is None:
            segments.append(Segment(rest, control=True))
            break
        at, mark = found
        if at:
            segments.append(Segment(rest[:at], control=True))
        if contents[mark]:
            segments.append(Segment(contents[mark]))
        rest = rest[at + len(mark) :]
    return tuple(segments)
