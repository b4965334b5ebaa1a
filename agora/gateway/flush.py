"""``Flusher``: writes each connection's new dispatches, at most once per turn of the event loop.

There is no writing task per connection: five hundred clients would mean five hundred wake-ups for each message. Connections
that have something are noted, and written when the current work is done; one whose client does not read is looked at again a
little later.
"""

from __future__ import annotations

import asyncio

from agora.gateway.connection import Connection
from agora.protocol.close_codes import CloseCode

RETRY_S = 0.02
# Messages joined into one write; more follow after a look at the socket's buffer.
AT_ONCE = 64


class Flusher:
    """Used on the event loop only."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._marked: list[Connection] = []
        self._slow: set[Connection] = set()
        self._retrying = False
        self.dispatched = 0  # messages written since the start
        self.dropped = 0  # connections closed because they did not read

    def mark(self, connection: Connection) -> None:
        """This connection's session has something new."""
        if not self._marked:
            self._loop.call_soon(self._flush)
        self._marked.append(connection)

    def fail(self, connection: Connection) -> None:
        """This connection is too far behind: close it. Its client resumes from what it has seen."""
        if connection.open:
            self.dropped += 1
            connection.close(CloseCode.UNKNOWN_ERROR, "Too slow: resume.")

    def _flush(self) -> None:
        marked, self._marked = self._marked, []
        for connection in marked:
            self._write(connection)

    def _write(self, connection: Connection) -> None:
        session = connection.session
        while session is not None and session.connection is connection and connection.sent < session.ring.last:
            if not connection.open:
                return
            if connection.full:
                self._later(connection)
                return
            items = session.ring.since(connection.sent, AT_ONCE)
            if items is None:
                self.fail(connection)
                return
            number = connection.sent
            messages = []
            for item in items:
                number += 1
                messages.append(item.text(number))
            connection.sent = number
            self.dispatched += len(messages)
            connection.write(messages)

    def _later(self, connection: Connection) -> None:
        self._slow.add(connection)
        if not self._retrying:
            self._retrying = True
            self._loop.call_later(RETRY_S, self._retry)

    def _retry(self) -> None:
        self._retrying = False
        slow, self._slow = self._slow, set()
        for connection in slow:
            self._write(connection)
