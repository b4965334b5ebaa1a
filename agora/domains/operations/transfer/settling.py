"""People and rooms of elsewhere get their places here: known ones again, new ones made, a batch in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from agora.domains.operations.transfer.options import Keys
from agora.domains.operations.transfer.queries import find_origin
from agora.domains.operations.transfer.records import Person, Problem, Room
from agora.domains.operations.transfer.writes import do_remember
from agora.domains.place.accounts import NewUser, do_create_user, find_by_name, free_username, name_key
from agora.domains.place.channels import NewChannel, check_name, do_create_channel
from agora.domains.place.guilds import do_add_member
from agora.domains.place.permissions import Directory, Overwrite
from agora.kernel.errors import BadRequest, Forbidden
from agora.kernel.tx import Tx
from agora.protocol.channel_types import ChannelType, OverwriteType
from agora.protocol.permissions import Permission

_VIEW = int(Permission.VIEW_CHANNEL)
_MAX_SHOWN, _MAX_NAME, _MAX_TOPIC = 32, 100, 1024


class Settled(msgspec.Struct, frozen=True):
    """Keys and our ids; how many users and channels were made for them."""

    people: dict[str, int]
    rooms: dict[str, int]
    users_made: int
    rooms_made: int


def do_settle(
    tx: Tx, keys: Keys, guild_id: int, people: Sequence[Person], rooms: Sequence[Room], known: dict[str, int], *, match: bool
) -> Settled:
    """Find or make these. ``known`` are people settled before. Raises Problem when the community cannot take them."""
    settler = _Settler(tx, keys, guild_id, match=match)
    settled = {person.key: settler.person(person) for person in people}
    placed = {room.key: settler.room(room, known | settled) for room in rooms}
    return Settled(settled, placed, settler.users_made, settler.rooms_made)


def list_settled(tx: Tx, keys: Keys, people: Sequence[Person], rooms: Sequence[Room], *, match: bool) -> Settled:
    """The same for a dry run: what is known, and how many would be made."""
    found = {person.key: user_id for person in people if (user_id := _find_person(tx, keys, person, match=match)) is not None}
    placed = {room.key: channel_id for room in rooms if (channel_id := _find_room(tx, keys.room(room.key))) is not None}
    return Settled(found, placed, len(people) - len(found), len(rooms) - len(placed))


class _Settler:
    """One batch."""

    def __init__(self, tx: Tx, keys: Keys, guild_id: int, *, match: bool) -> None:
        self._tx = tx
        self._keys = keys
        self._guild_id = guild_id
        self._match = match
        self._fresh: dict[bytes, int] = {}
        self.users_made = self.rooms_made = 0

    def person(self, person: Person) -> int:
        """The user, a member from now on."""
        tx, digest = self._tx, self._keys.person(person.key)
        user_id = _find_person(tx, self._keys, person, match=self._match)
        if user_id is None:
            shown = " ".join("".join(sign for sign in person.shown if sign.isprintable()).split())[:_MAX_SHOWN].strip()
            new = NewUser(
                username=free_username(tx, person.name),
                global_name=shown or None,
                bot=person.is_bot,
                locale=tx.ctx.locale,
                placeholder=True,
            )
            user_id = do_create_user(tx, new).id
            self.users_made += 1
        do_remember(tx, digest, user_id)
        try:
            do_add_member(tx, self._guild_id, user_id, by="imported")
        except Forbidden:  # somebody who was banned stays out; what they wrote is history all the same
            return user_id
        return user_id

    def room(self, room: Room, people: dict[str, int]) -> int:
        """The channel, in its category; a private one is seen by its members, and by who manages the community."""
        digest = self._keys.room(room.key)
        found = self._find(digest)
        if found is not None:
            return found
        kind = ChannelType.GUILD_ANNOUNCEMENT if room.announcement else ChannelType.GUILD_TEXT
        overwrites: tuple[Overwrite, ...] | None = None
        if room.private:
            allowed = sorted({people[key] for key in room.members if key in people})
            overwrites = (
                Overwrite(self._guild_id, OverwriteType.ROLE, deny=_VIEW),
                *(Overwrite(user_id, OverwriteType.MEMBER, allow=_VIEW) for user_id in allowed),
            )
        new = NewChannel(
            name=_name(room.name, kind),
            type=kind,
            topic=room.topic.strip()[:_MAX_TOPIC] if room.topic else None,
            parent_id=None if room.category is None else self._category(room.category),
            overwrites=overwrites,
        )
        self.rooms_made += 1
        return self._make(digest, new)

    def _category(self, name: str) -> int:
        digest, kind = self._keys.category(name), ChannelType.GUILD_CATEGORY
        found = self._find(digest)
        return self._make(digest, NewChannel(name=_name(name, kind), type=kind)) if found is None else found

    def _find(self, digest: bytes) -> int | None:
        # what this very transaction made is not in memory yet
        return self._fresh.get(digest) or _find_room(self._tx, digest)

    def _make(self, digest: bytes, new: NewChannel) -> int:
        try:
            channel = do_create_channel(self._tx, self._guild_id, new)
        except BadRequest as error:
            raise Problem(f"The channel {new.name} cannot be made: {error.message}.") from error
        do_remember(self._tx, digest, channel.id, again=True)
        self._fresh[digest] = channel.id
        return channel.id


def _find_person(tx: Tx, keys: Keys, person: Person, *, match: bool) -> int | None:
    found = find_origin(tx, keys.person(person.key))
    if found is not None:
        return found
    same = find_by_name(tx, name_key(person.name)) if match else None
    return None if same is None else same.id


def _find_room(tx: Tx, digest: bytes) -> int | None:
    """The channel, unless it was deleted since: then it is made again."""
    found = find_origin(tx, digest)
    return found if found is not None and tx.app.get(Directory).channel(found) is not None else None


def _name(text: str, kind: int) -> str:
    shown = "".join(sign for sign in text if sign.isprintable())[:_MAX_NAME]
    try:
        return check_name(shown, kind)
    except BadRequest:
        return "channel"
