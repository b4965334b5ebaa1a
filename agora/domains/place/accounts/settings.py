"""What the owner may choose about accounts."""

from typing import Annotated

import msgspec


class SecuritySettings(msgspec.Struct, frozen=True):
    """``[security]``: who may register, how hard passwords are to guess, how long sign-ins last.

    ``token_days`` 0 means that tokens do not end by themselves. The argon2 figures follow RFC 9106, section 4.
    """

    open_registration: bool = True
    password_min_length: Annotated[int, msgspec.Meta(ge=4, le=64)] = 8
    argon2_memory_mib: Annotated[int, msgspec.Meta(ge=8, le=4096)] = 64
    argon2_passes: Annotated[int, msgspec.Meta(ge=1, le=64)] = 3
    session_days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 30
    token_days: Annotated[int, msgspec.Meta(ge=0, le=36500)] = 365
