"""The gateway's limits, in one place; docs/gateway.md explains them to clients."""

HEARTBEAT_MS = 41_250
"""How often a client must send a heartbeat, in milliseconds (Discord's usual interval)."""

ZOMBIE_S = HEARTBEAT_MS / 1000 * 1.5
"""A connection that sent no heartbeat for this many seconds is closed with 4009."""

IDENTIFY_S = 30.0
"""A connection that did not identify or resume within this many seconds is closed with 4009."""

RESUME_S = 300.0
"""A session without a connection is kept this many seconds."""

MAX_DETACHED = 256
"""Sessions without a connection that are kept for one user; the oldest go first."""

MAX_PAYLOAD = 4096
"""Bytes of one client payload; more is answered with 4002."""

PAYLOADS_PER_WINDOW = 120
"""Client payloads per window; more is answered with 4008."""

WINDOW_S = 60.0
"""The window of the limit above, in seconds."""

RING = 1024
"""Dispatches a session keeps in memory for a client that resumes; older ones come from the ledger."""

QUEUE = 768
"""Dispatches that may wait for a slow client. One more closes its connection; it may resume."""

REPLAY_EVENTS = 20_000
"""The longest stretch of the ledger that is read to resume one session; beyond it the client identifies again."""

SOCKET_BUFFER = 256 * 1024
"""Bytes the operating system has not taken yet, beyond which a connection is not written to for now."""
