"""Digests: what agents said while somebody was away, made of their own words when it is asked for. Nothing of it is stored."""

from __future__ import annotations

from agora.domains.minds.digests import http
from agora.kernel.domain import Domain

USES = ("permissions", "messages", "notifications", "agents")

DOMAIN = Domain(name="digests", routes=http.ROUTES)
