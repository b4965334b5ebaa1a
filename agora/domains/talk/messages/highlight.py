"""Code blocks with CSS classes. Pygments is imported at the first block that names a language."""

from __future__ import annotations

from html import escape

# Pygments' short class names (its documentation, "Builtin Tokens"); the style sheet gives them colours.
_CLASSES = (
    "err w esc x k kc kd kn kp kr kt n na nb bp nc no nd ni ne nf fm py nl nn nx nt nv vc vg vi vm l ld s sa sb sc dl"
    " sd s2 se sh si sx sr s1 ss m mb mf mh mi il mo o ow p pm c ch cm cp cpf c1 cs g gd ge gr gh gi go gp gs gu ges gt"
)
CODE_CLASSES = frozenset(_CLASSES.split())


def highlight(code: str, language: str) -> str:
    """A ``<pre>`` block; with colours when the language is known."""
    body = _coloured(code, language) if language else None
    return f'<pre><code class="code">{escape(code, quote=False) if body is None else body}</code></pre>\n'


def _coloured(code: str, language: str) -> str | None:
    from pygments import highlight as colour
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        lexer = get_lexer_by_name(language, stripnl=False)
    except ClassNotFound:
        return None
    return str(colour(code, lexer, HtmlFormatter(nowrap=True)))
