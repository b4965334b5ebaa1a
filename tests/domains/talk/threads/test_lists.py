"""Lists of threads: open, archived, one's own, found by name."""

from __future__ import annotations

from tests.domains.talk.threads.conftest import Loom


async def test_open_threads_of_a_community(loom: Loom) -> None:
    first, second = [(await loom.thread(name=name))["id"] for name in ("One", "Two")]
    found = await loom.call("GET", f"/guilds/{loom.guild}/threads/active", loom.ben)
    assert [each["id"] for each in found["threads"]] == [second, first]
    assert found["members"] == []
    own = await loom.call("GET", f"/guilds/{loom.guild}/threads/active")
    assert {each["id"] for each in own["members"]} == {first, second}
    await loom.call("GET", f"/guilds/{loom.guild}/threads/active", loom.eve, status=404, code=10004)


async def test_archived_threads_come_in_pages(loom: Loom) -> None:
    ids = [(await loom.thread(name=f"T{n}"))["id"] for n in range(3)]
    hidden = (await loom.thread(loom.ben, name="H", type=12))["id"]
    for each in (*ids, hidden):
        await loom.call("PATCH", f"/channels/{each}", json={"archived": True})
    path = f"/channels/{loom.room}/threads/archived"
    page = await loom.call("GET", f"{path}/public?limit=2", loom.cleo)
    assert [each["id"] for each in page["threads"]] == [ids[2], ids[1]]
    assert page["has_more"] is True
    before = page["threads"][-1]["thread_metadata"]["archive_timestamp"].replace("+", "%2B")
    rest = await loom.call("GET", f"{path}/public?limit=2&before={before}", loom.cleo)
    assert ([each["id"] for each in rest["threads"]], rest["has_more"]) == ([ids[0]], False)
    assert [each["id"] for each in (await loom.call("GET", f"{path}/private"))["threads"]] == [hidden]
    await loom.call("GET", f"{path}/private", loom.ben, status=403, code=50013)
    own = f"/channels/{loom.room}/users/@me/threads/archived/private"
    assert [each["id"] for each in (await loom.call("GET", own, loom.ben))["threads"]] == [hidden]
    assert (await loom.call("GET", own, loom.cleo))["threads"] == []
    await loom.call("GET", f"{path}/public?before=yesterday", status=400, code=50035)


async def test_threads_are_found_by_name(loom: Loom) -> None:
    cake, pie = [(await loom.thread(name=name))["id"] for name in ("Apple cake", "Apple pie")]
    await loom.thread(loom.ben, name="Apple secret", type=12)
    await loom.call("PATCH", f"/channels/{pie}", json={"archived": True})
    path = f"/channels/{loom.room}/threads/search"
    found = await loom.call("GET", f"{path}?name=APPLE&sort_by=creation_time&sort_order=asc", loom.cleo)
    assert [each["id"] for each in found["threads"]] == [cake, pie]
    assert found["total_results"] == 2
    open_ones = await loom.call("GET", f"{path}?name=apple&archived=false", loom.cleo)
    assert [each["id"] for each in open_ones["threads"]] == [cake]
