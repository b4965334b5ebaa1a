"""Search: words, filters, what one may not see, and that no query is ever a syntax error."""

from __future__ import annotations

import re
import sqlite3
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agora.domains.talk.search import Match
from agora.domains.talk.search.http import mark
from agora.domains.talk.search.match import Term
from agora.domains.talk.search.queries import PAGES, build_expression, build_query
from agora.domains.talk.search.words import build_terms, either, quote
from agora.kernel.sqlite import driver
from agora.kernel.tx import Tx
from tests.domains.talk.conftest import Room
from tests.domains.talk.shapes import check_shape
from tests.kit.server import Person


async def _ask(room: Room, person: Person | None = None, **query: object) -> list[str]:
    answer = await room.kit.request("GET", f"/api/agora/search?{urlencode(query)}", person or room.ben)
    assert answer.status == 200, answer.text
    return [item["message"]["content"] for item in answer.json["items"]]


async def test_words_phrases_accents_and_unfinished_words(room: Room) -> None:
    await room.say("The café serves strong coffee")
    await room.say("coffee beans are roasted here")
    await room.say("tea only")
    assert await _ask(room, q="coffee") == ["coffee beans are roasted here", "The café serves strong coffee"]
    assert await _ask(room, q="CAFE") == ["The café serves strong coffee"]
    assert await _ask(room, q='"strong coffee"') == ["The café serves strong coffee"]
    assert await _ask(room, q='"coffee strong"') == []
    assert await _ask(room, q="coffee roas") == ["coffee beans are roasted here"]
    assert await _ask(room, q="") == []
    assert await _ask(room, q="!!! ?") == []
    assert await _ask(room, q="   ") == []


async def test_snippets_mark_words_and_escape_the_rest(room: Room) -> None:
    await room.say("<script>alert(1)</script> coffee & tea")
    answer = await room.kit.request("GET", "/api/agora/search?q=coffee", room.ben)
    (item,) = answer.json["items"]
    assert item["snippet"] == "&lt;script&gt;alert(1)&lt;/script&gt; <mark>coffee</mark> &amp; tea"
    check_shape("MessageResponse", item["message"])


async def test_typed_filters(room: Room) -> None:
    other = await room.kit.channel(room.ada, room.guild, "other")
    await room.say("soup one", room.ada)
    await room.say(f"soup two <@{room.ada.id}>", room.ben)
    await room.say("soup https://soup.example", room.ben)
    await room.kit.request("POST", f"/api/v10/channels/{other}/messages", room.ada, json={"content": "soup elsewhere"})
    assert await _ask(room, q="soup from:ada") == ["soup elsewhere", "soup one"]
    assert await _ask(room, q="soup de:ada in:general") == ["soup one"]
    assert await _ask(room, q=f"soup in:<#{other}>") == ["soup elsewhere"]
    assert await _ask(room, q="has:link") == ["soup https://soup.example"]
    assert await _ask(room, q="mentions:ada soup") == [f"soup two <@{room.ada.id}>"]
    assert await _ask(room, q="soup after:2999-01-01") == []
    assert len(await _ask(room, q="soup before:2999-01-01 after:2015-02-01")) == 4
    assert await _ask(room, q="soup from:nobody") == []
    assert await _ask(room, q="soup in:nowhere") == []
    assert await _ask(room, q="from:ada from:ben in:other") == ["soup elsewhere"]


async def test_paging(room: Room) -> None:
    for number in range(5):
        await room.say(f"soup {number}")
    first = await room.kit.request("GET", "/api/agora/search?q=soup&limit=3", room.ben)
    assert [item["message"]["content"] for item in first.json["items"]] == ["soup 4", "soup 3", "soup 2"]
    assert first.json["total"] == 5
    second = await room.kit.request("GET", f"/api/agora/search?q=soup&limit=3&cursor={first.json['next']}", room.ben)
    assert [item["message"]["content"] for item in second.json["items"]] == ["soup 1", "soup 0"]
    assert second.json["next"] is None


async def test_what_one_may_not_read_is_not_found(room: Room) -> None:
    kit = room.kit
    await room.say("public secretword")
    hidden = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(1 << 10)}]
    cellar = await kit.channel(room.ada, room.guild, "cellar", permission_overwrites=hidden)
    await kit.request("POST", f"/api/v10/channels/{cellar}/messages", room.ada, json={"content": "hidden secretword"})
    opened = await kit.request("POST", "/api/v10/users/@me/channels", room.ada, json={"recipient_id": str(room.eve.id)})
    direct = f"/api/v10/channels/{opened.json['id']}/messages"
    await kit.request("POST", direct, room.ada, json={"content": "direct secretword"})
    assert await _ask(room, room.ada, q="secretword") == ["direct secretword", "hidden secretword", "public secretword"]
    assert await _ask(room, room.ben, q="secretword") == ["public secretword"]
    assert await _ask(room, room.eve, q="secretword") == ["direct secretword"]
    guild = f"/api/v10/guilds/{room.guild}/messages/search?content=secretword"
    seen = await kit.request("GET", guild, room.ben)
    assert seen.json["total_results"] == 1
    forced = await kit.request("GET", f"{guild}&channel_id={cellar}", room.ben)
    assert forced.json["total_results"] == 0
    await kit.scenario("GET", guild, room.eve, status=404, has=['"code":10004'])
    no_history = [{"id": str(room.guild), "type": 0, "allow": "0", "deny": str(1 << 16)}]
    await kit.request("PATCH", f"/api/v10/channels/{room.channel}", room.ada, json={"permission_overwrites": no_history})
    assert await _ask(room, room.ben, q="secretword") == []


async def test_discords_search(room: Room) -> None:
    kit = room.kit
    ids = [(await room.say(f"soup {n}", person))["id"] for n, person in enumerate([room.ada, room.ben, room.ben])]
    path = f"/api/v10/guilds/{room.guild}/messages/search"
    answer = await kit.request("GET", f"{path}?content=soup&author_id={room.ben.id}&author_id={room.eve.id}", room.ada)
    check_shape("GuildSearchResponse", answer.json)
    assert [hit["id"] for (hit,) in answer.json["messages"]] == [ids[2], ids[1]]
    assert answer.json["total_results"] == 2
    oldest = await kit.request("GET", f"{path}?content=soup&sort_order=asc&limit=1&offset=1", room.ada)
    assert [hit["id"] for (hit,) in oldest.json["messages"]] == [ids[1]]
    ranked = await kit.request("GET", f"{path}?content=soup&sort_by=relevance", room.ada)
    assert ranked.json["total_results"] == 3
    between = await kit.request("GET", f"{path}?min_id={ids[0]}&max_id={ids[2]}", room.ada)
    assert [hit["id"] for (hit,) in between.json["messages"]] == [ids[1]]
    none = await kit.request("GET", f"{path}?has=image", room.ada)
    assert none.json["total_results"] == 0
    all_three = await kit.request("GET", f"{path}?has=-link", room.ada)
    assert all_three.json["total_results"] == 3
    await kit.scenario("GET", f"{path}?has=nonsense", room.ada, status=400, has=["has"])
    await kit.scenario("GET", f"{path}?author_id=x", room.ada, status=400, has=["snowflake"])
    await kit.scenario("GET", "/api/agora/search?q=x&mode=guess", room.ada, status=400, has=["mode"])


async def test_edited_and_deleted_messages(room: Room) -> None:
    message = await room.say("old turnip")
    await room.kit.request("PATCH", f"{room.path}/{message['id']}", room.ada, json={"content": "new carrot"})
    assert await _ask(room, q="turnip") == []
    assert await _ask(room, q="carrot") == ["new carrot"]
    await room.kit.request("DELETE", f"{room.path}/{message['id']}", room.ada)
    assert await _ask(room, q="carrot") == []


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    """A full-text table as migrations make it."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE t USING fts5(content, tags, tokenize='unicode61 remove_diacritics 2')")
    connection.execute("INSERT INTO t VALUES ('soup of the day', 'c1 g2')")
    return connection


@given(st.text(max_size=60), st.booleans(), st.none() | st.integers(0, 100))
@settings(max_examples=500, deadline=None)
@example('"', True, None)
@example('a" OR "b', False, 3)
@example("content:x NEAR(a b) -c ^d* {e}", True, None)
@example('"unclosed phrase', False, 0)
@example("'; DROP TABLE t; --", False, None)
@example("_", True, None)
@example("l'eau d’été", True, None)
def test_no_text_is_a_syntax_error(index: sqlite3.Connection, text: str, as_you_type: bool, slop: int | None) -> None:
    terms = build_terms(text, as_you_type=as_you_type)
    if not terms:
        return
    alternatives = [either([quote(term.text) + (" *" if term.unfinished else ""), quote(term.text)]) for term in terms]
    expressions = [" AND ".join(alternatives), f"NEAR({' '.join(quote(term.text) for term in terms)}, {slop or 0})"]
    for words in expressions:
        expression = f'({{content}} : ({words}) AND {{tags}} : ("c1" OR "g2")) NOT ({{tags}} : "p")'
        index.execute("SELECT count(*) FROM t WHERE t MATCH ?", (expression,)).fetchone()


def test_marks() -> None:
    assert mark("a \x02b\x03 <c>") == "a <mark>b</mark> &lt;c&gt;"


PLACE = Match(channels=(1, 2), guilds=(3,))
MANY = Match(channels=tuple(range(1, 100)), guilds=(3,), direct=(98, 99))
SOUP = (Term("soup"),)


@pytest.mark.parametrize(
    "match",
    [
        msgspec.structs.replace(PLACE, terms=SOUP),
        msgspec.structs.replace(MANY, terms=SOUP),
        PLACE,
        MANY,
        PLACE.having("u7"),
        MANY.having("u7", "u8").having("h1").lacking("p"),
        MANY.having("m7"),
        MANY.having("p"),
        MANY.having("kimage"),
        msgspec.structs.replace(MANY, min_id=5, max_id=9),
        msgspec.structs.replace(PLACE, newest_first=False).having("u7"),
        msgspec.structs.replace(MANY, replied_users=(7,)),
        msgspec.structs.replace(MANY, embed_types=("image",)),
    ],
)
async def test_the_index_is_asked_first_and_nothing_is_scanned_or_sorted(room: Room, match: Match) -> None:
    def explain(tx: Tx) -> list[str]:
        known = {"expression": build_expression(tx, match), "channels": "[1]", "min_id": 5, "max_id": 9, "limit": 25, "offset": 0}
        query = build_query(PAGES[match.newest_first], match).params(**known)
        state = query.compile(dialect=tx.connection.dialect).construct_expanded_state()
        plan = driver(tx.connection).execute(f"EXPLAIN QUERY PLAN {state.statement}", state.positional_parameters or ())
        return [row[3] for row in plan.fetchall()]

    lines = await room.kit.ctx().read(explain)
    tables = [line for line in lines if "messages_" in line]
    assert re.match(r"SCAN messages_fts VIRTUAL TABLE INDEX \d+:.*M\d", tables[0]), lines  # M: by MATCH, not row after row
    assert tables[1].startswith("SEARCH messages_message USING INTEGER PRIMARY KEY"), lines
    assert len(tables) == 2, lines
    assert not any("ORDER BY" in line for line in lines), lines
