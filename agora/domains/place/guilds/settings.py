"""What the owner may choose about communities."""

import msgspec


class ChatSettings(msgspec.Struct, frozen=True):
    """``[chat]``: whether people who register join the open communities (such as the demo) by themselves."""

    open_guild: bool = True
