"""Discord's permission algorithm against a second one, written bit by bit from the documentation's prose."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agora.domains.place.permissions.compute import (
    apply_implicit,
    apply_timeout,
    compute_base,
    compute_overwrites,
)
from agora.domains.place.permissions.facts import Overwrite
from agora.protocol.permissions import ALL, Permission

GUILD, ME, OTHER = 1, 100, 101
ROLES = (2, 3, 4)
# enough bits to tell everything apart, few enough that cases collide
ADMINISTRATOR = int(Permission.ADMINISTRATOR)
BITS = (
    Permission.ADMINISTRATOR,
    Permission.VIEW_CHANNEL,
    Permission.SEND_MESSAGES,
    Permission.MENTION_EVERYONE,
    Permission.ATTACH_FILES,
    Permission.READ_MESSAGE_HISTORY,
    Permission.MANAGE_ROLES,
)
NUMBERS = tuple(map(int, BITS))
some_bits = st.integers(0, (1 << len(BITS)) - 1).map(lambda n: sum(b for i, b in enumerate(NUMBERS) if n >> i & 1))
targets = st.sampled_from([(GUILD, 0), *((role, 0) for role in ROLES), (ME, 1), (OTHER, 1), (2, 1)])
overwrite_lists = st.lists(
    st.builds(lambda t, a, d: Overwrite(t[0], t[1], a, d & ~a), targets, some_bits, some_bits),
    max_size=7,
    unique_by=lambda o: (o.id, o.type),
)


def expected(everyone: int, roles: dict[int, int], held: set[int], overwrites: list[Overwrite], owner: bool) -> int:
    """One bit at a time: the last word wins, from the most general to the most particular."""
    if owner or any(bits & ADMINISTRATOR for bits in [everyone, *(roles[r] for r in held)]):
        return ALL
    granted: set[int] = set()
    for bit in NUMBERS:
        if bit == ADMINISTRATOR:
            continue
        on = bool(everyone & bit) or any(roles[role] & bit for role in held)
        for_everyone = [o for o in overwrites if o.type == 0 and o.id == GUILD]
        for_roles = [o for o in overwrites if o.type == 0 and o.id in held]
        for_me = [o for o in overwrites if o.type == 1 and o.id == ME]
        for level in (for_everyone, for_roles, for_me):
            if any(o.allow & bit for o in level):
                on = True
            elif any(o.deny & bit for o in level):
                on = False
        if on:
            granted.add(bit)
    if Permission.VIEW_CHANNEL not in granted:
        return 0
    if Permission.SEND_MESSAGES not in granted:
        granted -= {int(Permission.MENTION_EVERYONE), int(Permission.ATTACH_FILES)}
    return sum(granted)


@settings(max_examples=250, deadline=None, derandomize=True)
@given(
    everyone=some_bits,
    roles=st.fixed_dictionaries(dict.fromkeys(ROLES, some_bits)),
    held=st.sets(st.sampled_from(ROLES)),
    overwrites=overwrite_lists,
    owner=st.booleans(),
)
def test_both_algorithms_agree(
    everyone: int, roles: dict[int, int], held: set[int], overwrites: list[Overwrite], owner: bool
) -> None:
    base = compute_base(everyone, [roles[role] for role in held], is_owner=owner)
    bits = apply_implicit(compute_overwrites(base, overwrites, guild_id=GUILD, role_ids=held, user_id=ME))
    assert bits == expected(everyone, roles, held, overwrites, owner)


def test_a_role_that_allows_beats_a_role_that_denies() -> None:
    overwrites = [Overwrite(2, 0, deny=int(Permission.VIEW_CHANNEL)), Overwrite(3, 0, allow=int(Permission.VIEW_CHANNEL))]
    bits = compute_overwrites(0, overwrites, guild_id=GUILD, role_ids=(2, 3), user_id=ME)
    assert bits == Permission.VIEW_CHANNEL


def test_an_overwrite_cannot_make_an_administrator() -> None:
    overwrites = [Overwrite(ME, 1, allow=int(Permission.ADMINISTRATOR | Permission.VIEW_CHANNEL))]
    bits = compute_overwrites(0, overwrites, guild_id=GUILD, role_ids=(), user_id=ME)
    assert bits == Permission.VIEW_CHANNEL


def test_an_administrator_cannot_be_denied() -> None:
    base = compute_base(int(Permission.ADMINISTRATOR), ())
    overwrites = [Overwrite(ME, 1, deny=ALL)]
    assert compute_overwrites(base, overwrites, guild_id=GUILD, role_ids=(), user_id=ME) == ALL


def test_a_timeout_leaves_seeing_and_reading() -> None:
    bits = int(Permission.VIEW_CHANNEL | Permission.SEND_MESSAGES | Permission.READ_MESSAGE_HISTORY | Permission.SPEAK)
    assert apply_timeout(bits) == Permission.VIEW_CHANNEL | Permission.READ_MESSAGE_HISTORY
    assert apply_timeout(ALL) == ALL
