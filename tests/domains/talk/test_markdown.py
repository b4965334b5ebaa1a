"""Markdown: what each mark becomes, that the fast path says the same as the parser, and that nothing dangerous comes out."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agora.domains.talk.messages.markdown import Names, has_markup, plain, render
from agora.domains.talk.messages.rich import render_rich
from agora.domains.talk.messages.sanitise import ATTRIBUTES, CLASSES, LINK_REL, TAGS

NAMES = Names(
    user=lambda user_id: {1: "Ada", 2: "<b>Ben</b>"}.get(user_id),
    role=lambda role_id: "cooks" if role_id == 3 else None,
    channel=lambda channel_id: "general" if channel_id == 4 else None,
)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("hello", "<p>hello</p>"),
        ("a\nb", "<p>a<br>b</p>"),
        ("a\n\n\nb", "<p>a</p><p>b</p>"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
        ("**bold** *it* _it_", "<p><strong>bold</strong> <em>it</em> <em>it</em></p>"),
        ("__under__ ~~gone~~", "<p><u>under</u> <s>gone</s></p>"),
        ("||secret **x**||", '<p><span class="spoiler">secret <strong>x</strong></span></p>'),
        ("||open", "<p>||open</p>"),
        ("`a*b*`", "<p><code>a*b*</code></p>"),
        ("snake_case_name", "<p>snake_case_name</p>"),
        ("\\*not\\*", "<p>*not*</p>"),
        ("# one\n### three\n#### four", "<h1>one</h1>\n<h3>three</h3>\n<p>#### four</p>"),
        ("-# small *x*\nnext", "<p><small>small <em>x</em></small><br>next</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("> quoted\nnot", "<blockquote>\n<p>quoted</p>\n</blockquote>\n<p>not</p>"),
        (">no quote", "<p>&gt;no quote</p>"),
        (">>> all\nof it", "<blockquote>\n<p>all<br>of it</p>\n</blockquote>"),
        ("```\n||x|| <b>\n```", '<pre><code class="code">||x|| &lt;b&gt;\n</code></pre>'),
        ("```nosuchlanguage\nx\n```", '<pre><code class="code">x\n</code></pre>'),
        ("<@1> <@!2>", '<p><span class="mention mention-user" data-user-id="1">@Ada</span> '
         '<span class="mention mention-user" data-user-id="2">@&lt;b&gt;Ben&lt;/b&gt;</span></p>'),
        ("<@&3> <#4> <@9>", '<p><span class="mention mention-role" data-role-id="3">@cooks</span> '
         '<span class="mention mention-channel" data-channel-id="4">#general</span> '
         '<span class="mention mention-user" data-user-id="9">@9</span></p>'),
        ("hi @everyone", '<p>hi <span class="mention mention-everyone">@everyone</span></p>'),
        ("<:wave:123>", "<p>:wave:</p>"),
        ("<t:1700000000:R>", '<p><time datetime="2023-11-14T22:13:20+00:00" data-style="R">2023-11-14 22:13 UTC</time></p>'),
        ("<t:999999999999>", "<p>&lt;t:999999999999&gt;</p>"),
        ("see https://a.example/b_c?x=1.", '<p>see <a href="https://a.example/b_c?x=1" rel="noopener nofollow">'
         "https://a.example/b_c?x=1</a>.</p>"),
        ("[site](https://a.example)", '<p><a href="https://a.example" rel="noopener nofollow">site</a></p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("![x](https://a.example/p.png)", '<p>!<a href="https://a.example/p.png" rel="noopener nofollow">x</a></p>'),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("👍🏽 ok", "<p>👍🏽 ok</p>"),
        ("  ", ""),
    ],
)  # fmt: skip
def test_each_mark(text: str, html: str) -> None:
    assert render(text, NAMES) == html


def test_code_is_coloured_with_classes_only() -> None:
    html = render("```py\ndef f(): return '<b>'\n```", NAMES)
    assert '<span class="k">def</span>' in html
    assert "&lt;b&gt;" in html
    assert "style=" not in html


class _Auditor(HTMLParser):
    """Reads HTML as a browser would and complains about everything outside the allow list."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS, tag
        for name, value in attrs:
            if name == "class":
                assert set((value or "").split()) <= CLASSES.get(tag, set()), value
            elif tag == "a" and name == "rel":
                assert value == LINK_REL
            else:
                assert name in ATTRIBUTES.get(tag, set()), (tag, name)
            if name == "href":
                assert re.match(r"https?://", value or ""), value
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


_MARKS = "** * __ _ ~~ || | ` ``` ```html > >>> # - 1. -# [ ] ( ) ! < > </ & &lt; &#106; \\ \" ' a b"
_ATTACKS = "<script> <img/src=x/onerror=alert(1)> <a/href= javascript: data:text/html, https:// http://x.example/ onclick="
_OURS = "<@1> <@&3> <#4> <t:0> @everyone"
_PIECES = st.sampled_from([*_MARKS.split(), *_ATTACKS.split(), *_OURS.split(), "\n", "\t", " ", "\x00", "\ue000"])
_TEXTS = st.lists(st.one_of(_PIECES, st.text(max_size=6)), max_size=40).map("".join)


@given(_TEXTS)
@settings(max_examples=400, deadline=None)
@example('[a](https://x.example/"onmouseover="alert(1))')
@example('<https://x.example/"><script>alert(1)</script>>')
@example('```"><script>\nx\n```')
@example(">" * 50 + " x")
def test_nothing_outside_the_allow_list_ever_comes_out(text: str) -> None:
    auditor = _Auditor()
    html = render(text, NAMES)
    auditor.feed(html)
    auditor.close()
    assert auditor.open == []


_UNMARKED = st.text(
    st.characters(codec="utf-8", exclude_characters="*_~|`<>\\[#+-:@\x00\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\ue000"),
    max_size=80,
)


@given(_UNMARKED)
@settings(max_examples=300, deadline=None)
def test_the_fast_path_says_what_the_parser_says(text: str) -> None:
    def shape(html: str) -> str:
        return re.sub(r"\s+|&nbsp;", "", html)

    text = text.strip()
    if text and not has_markup(text):
        assert shape(plain(text)) == shape(render_rich(text, NAMES))


@pytest.mark.parametrize("piece", ["*", "[", "||", "> ", "`", "**a", "- ", "https://a.example/ ", "<@1>", "_a"])
def test_two_thousand_characters_of_marks_stay_cheap(piece: str) -> None:
    import time

    text = (piece * 2000)[:2000]

    def measure() -> float:
        started = time.thread_time()  # of this thread: an earlier test may have left one that still ends
        render(text, NAMES)
        return time.thread_time() - started

    assert min(measure() for _ in range(5)) < 0.5
