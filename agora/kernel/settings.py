"""The kernel's own sections of ``agora.toml``; domains bring theirs through ``Domain.settings``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from agora.kernel.limits import LimitSettings

if TYPE_CHECKING:
    from agora.kernel.domain import Domain

Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]

Section = tuple[str, type[msgspec.Struct]]


class Server(msgspec.Struct, frozen=True):
    """``[server]``: where Agora listens and where its data lies. Port 0 takes any free port.

    ``public_url`` is the address that others use, behind a proxy; empty means the one that Agora listens on.
    """

    host: str = "127.0.0.1"
    port: Port = 8420
    public_url: str = ""
    data: str = "data"


class DatabaseSettings(msgspec.Struct, frozen=True):
    """``[database]``: how many reading connections, and how many waiting writes one commit takes at most."""

    readers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4
    batch: Annotated[int, msgspec.Meta(ge=1, le=1024)] = 64


class FilesSettings(msgspec.Struct, frozen=True):
    """``[files]``: the largest file that is stored, in MiB; the file with the key that files are encrypted with, empty for none."""

    max_size_mib: AtLeastOne = 100
    key_file: str = ""


class Network(msgspec.Struct, frozen=True):
    """``[network]``: with ``egress = "deny"`` only loopback and the ``allow`` list can be reached.

    An entry of ``allow`` is an address, a network (``10.0.0.0/8``) or a host name, each with an optional ``:port``.
    """

    egress: Literal["deny", "allow"] = "deny"
    allow: tuple[str, ...] = ()


class Logging(msgspec.Struct, frozen=True):
    """``[logging]``: from which level on, and for whom (``auto``: for people on a terminal, else JSON)."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "console", "json"] = "auto"


KERNEL: tuple[Section, ...] = (
    ("server", Server),
    ("database", DatabaseSettings),
    ("files", FilesSettings),
    ("security", LimitSettings),
    ("network", Network),
    ("logging", Logging),
)


def all_sections(domains: Iterable[Domain]) -> tuple[Section, ...]:
    """The kernel's sections and the domains'. Structs may share a section if no key is in two of them."""
    return KERNEL + tuple((name, struct) for domain in domains for name, struct in domain.settings.items())
