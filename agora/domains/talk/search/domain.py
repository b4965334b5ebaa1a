"""Search: full text over messages, filtered by what one may read. The index itself belongs to messages."""

from agora.domains.talk.search import http
from agora.kernel.domain import Domain

USES = ("accounts", "permissions", "messages")

DOMAIN = Domain(name="search", routes=http.ROUTES)
