"""The gateway: WebSocket sessions, who is told what, and how a client that comes back misses nothing.

It knows no domain. Domains offer it values from ``agora.gateway.ports``; it subscribes to the kernel's bus.
"""

from agora.gateway.routes import ROUTES, open_gateway

__all__ = ["ROUTES", "open_gateway"]
