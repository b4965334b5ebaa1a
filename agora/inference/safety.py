"""Text from people is data: it may never end a line, open another one or look like a control token.

Every string that enters a prompt passes `clean_line`, `clean_block` or `clean_name` first, so the
layouts themselves can be plain concatenation.
"""

import re
import unicodedata

NAME_LENGTH = 32
"""Longest speaker name kept in a prompt, in characters."""

NAMELESS = "someone"

# Control words of the chat templates in use today; a model reads them as structure wherever they stand.
_CONTROL_WORDS = re.compile(
    r"<(/?(?:s|bos|eos|pad|unk|mask|think|tool_call|tool_response|start_of_turn|end_of_turn|end_of_text)"
    r"|/?(?:im_start|im_end|eot_id|endoftext))>",
    re.IGNORECASE,
)
_INSTRUCTION_MARKS = re.compile(r"\[(/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS))\]", re.I)
_SYSTEM_MARKS = re.compile(r"<<(/?SYS)>>", re.IGNORECASE)
# Joiners are kept: families of emoji and several scripts need them.
_JOINERS = "\u200c\u200d"


def _drop_invisible(text: str) -> str:
    """Removes control characters, direction overrides and lone surrogates; white space stays."""
    kept = (c for c in text if c.isspace() or c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co"))
    return "".join(kept)


def neutralise(text: str) -> str:
    """Makes control tokens unreadable as such: `<|end|>` becomes `‹|end|›`, `[INST]` becomes `(INST)`.

    Idempotent. White space and line breaks are left alone.
    """
    text = _drop_invisible(text)
    text = re.sub(r"<+(?=[|\uff5c])", "‹", text)
    text = re.sub(r"(?<=[|\uff5c])>+", "›", text)
    text = _SYSTEM_MARKS.sub(r"‹\1›", text)
    text = _CONTROL_WORDS.sub(r"‹\1›", text)
    return _INSTRUCTION_MARKS.sub(r"(\1)", text)


def clean_line(text: str, limit: int = 2000) -> str:
    """One line: every run of white space (any Unicode line break too) is one space, at most `limit` characters."""
    line = " ".join(neutralise(text).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def clean_block(text: str, limit: int = 4000) -> str:
    """Several lines, each continuation indented by four spaces, so that none can pass for a speaker's line."""
    lines = [" ".join(part.split()) for part in neutralise(text).splitlines()]
    block = "\n    ".join(line for line in lines if line)
    return block if len(block) <= limit else block[: limit - 1].rstrip() + "…"


def clean_name(name: str) -> str:
    """A speaker's name without the marks that the layout gives a meaning to (`:` `@` `>` `#` `|`)."""
    bare = re.sub(r"[:@#|<>‹›\[\]{}\"]+", " ", neutralise(name))
    bare = " ".join(bare.split())[:NAME_LENGTH].strip()
    return bare or NAMELESS
