"""The full parser: markdown-it with exactly Discord's rules, and what it writes for each piece.

Rules: https://support.discord.com/hc/en-us/articles/210298617 (Markdown Text 101).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from agora.domains.talk.messages.highlight import highlight
from agora.domains.talk.messages.inline import add_inline_rules, is_web_address
from agora.domains.talk.messages.markdown import Names
from agora.domains.talk.messages.sanitise import sanitise

_RULES = (
    "normalize block inline text_join paragraph fence blockquote list heading text newline escape backticks "
    "strikethrough emphasis link autolink balance_pairs fragments_join"
)
# Quotes within quotes, lists within lists: deeper than this nobody reads, and it would cost quadratic time.
_MAX_NESTING = 12
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_QUOTE_REST = re.compile(r"^ {0,3}>>> ")
_QUOTE = re.compile(r"^ {0,3}> ")
# ``>`` without a space, and ``####``, are plain text on Discord.
_FALSE_QUOTE = re.compile(r"^( {0,3})>(?! )")
_FALSE_HEADING = re.compile(r"^( {0,3})(#{4,}|#{1,3}(?=\s*$))")
_SUBTEXT = re.compile(r"^ {0,3}-# (?=\S)")
_SUBTEXT_MARK = "\ue000"  # private use: survives the parser, never shown


class _Renderer(RendererHTML):
    """markdown-it's renderer, with Discord's meaning of ``__`` and small text."""

    def strong_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "<u>" if tokens[idx].markup == "__" else "<strong>"

    def strong_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</u>" if tokens[idx].markup == "__" else "</strong>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        return highlight(token.content, token.info.strip().split(" ")[0])


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        return is_web_address(url)


def _build() -> MarkdownIt:
    markdown = _Markdown(
        "zero",
        {"html": False, "breaks": True, "maxNesting": _MAX_NESTING, "xhtmlOut": False},
        renderer_cls=_Renderer,
    )
    markdown.enable(_RULES.split(), ignoreInvalid=True)
    add_inline_rules(markdown)
    return markdown


_MARKDOWN = _build()


def render_rich(text: str, names: Names) -> str:
    """Parse, write, and clean. ``names`` are looked up for mentions only."""
    env: dict[str, Any] = {"names": names}
    html = _MARKDOWN.render(_discord_lines(text), env)
    return sanitise(_small(html)).replace("<br>\n", "<br>").strip()


def _discord_lines(text: str) -> str:
    """Where Discord's line rules differ from CommonMark's: quotes end with their line, ``>>>`` takes all that follows."""
    lines: list[str] = []
    fence = ""
    rest_quoted = was_quote = False
    for line in text.replace(_SUBTEXT_MARK, "").split("\n"):
        fence_here = _FENCE.match(line)
        if fence:
            if fence_here and fence_here[1].startswith(fence) and line.strip() == fence_here[1]:
                fence = ""
        elif fence_here and not rest_quoted:
            fence = fence_here[1]
        elif not rest_quoted and _QUOTE_REST.match(line):
            rest_quoted = True
            line = _QUOTE_REST.sub("", line, count=1)
        else:
            line = _discord_line(line, was_quote=was_quote, into=lines)
        was_quote = not fence and not rest_quoted and bool(_QUOTE.match(line))
        lines.append(f"> {line}" if rest_quoted else line)
    return "\n".join(lines)


def _discord_line(line: str, *, was_quote: bool, into: list[str]) -> str:
    if was_quote and line.strip() and not _QUOTE.match(line):
        into.append("")
    line = _FALSE_QUOTE.sub(r"\1\\>", line)
    line = _FALSE_HEADING.sub(r"\1\\\2", line)
    return _SUBTEXT.sub(_SUBTEXT_MARK, line)


def _small(html: str) -> str:
    """Small text: from its mark to the end of the line."""
    if _SUBTEXT_MARK not in html:
        return html
    return re.sub(f"{_SUBTEXT_MARK}(.*?)(?=<br|</p>|</li>|\n|$)", r"<small>\1</small>", html)
