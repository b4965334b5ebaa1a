"""Channels: the table of contents."""

from typing import TYPE_CHECKING

from agora.domains.place.channels import dispatches, events, http, listeners, migrations, tables
from agora.domains.place.channels.model import NewChannel
from agora.domains.place.channels.queries import load_channels
from agora.domains.place.channels.writes import do_create_channel, do_end_guild, do_end_role
from agora.domains.place.guilds import GuildStep
from agora.domains.place.permissions import FactsSource, GuildFacts
from agora.kernel.domain import Domain
from agora.kernel.i18n import t
from agora.protocol.channel_types import ChannelType

if TYPE_CHECKING:
    from agora.kernel.tx import Tx

USES = ("accounts", "permissions", "guilds")


def do_furnish(tx: "Tx", guild: GuildFacts) -> None:
    """A new community has a category with one channel, named in its language."""
    heading = t(guild.locale, "channels.text_channels")
    category = do_create_channel(tx, guild.id, NewChannel(name=heading, type=ChannelType.GUILD_CATEGORY))
    name = t(guild.locale, "channels.general")
    do_create_channel(tx, guild.id, NewChannel(name=name, parent_id=category.id, position=0))


def do_clear(tx: "Tx", guild: GuildFacts) -> None:
    """A community that ends takes its channels along."""
    do_end_guild(tx, guild.id)


DOMAIN = Domain(
    name="channels",
    tables=tables.ALL,
    migrations=migrations.STEPS,
    events=events.ALL,
    routes=http.ROUTES,
    listeners=listeners.LISTENERS,
    offers=(
        FactsSource(load_channels),
        GuildStep(furnish=do_furnish, deleted=do_clear, role_deleted=do_end_role),
        *dispatches.OFFERS,
    ),
)
