"""The headers that keep a page to itself: no script, style, frame or request from elsewhere, and nothing inline."""

from __future__ import annotations

POLICY = "; ".join(
    (
        "default-src 'self'",
        "base-uri 'none'",
        "connect-src 'self' {sockets}",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
    )
)
"""Content-Security-Policy, level 3 (https://www.w3.org/TR/CSP3/). No inline script or style is allowed, not even with a nonce."""

_FIXED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def page_headers(host: str = "") -> dict[str, str]:
    """Headers of an HTML answer. ``host`` is the request's: some browsers do not count WebSockets as ``'self'``."""
    sockets = f"ws://{host} wss://{host}" if _is_plain(host) else ""
    return {**_FIXED, "Cache-Control": "no-store", "Content-Security-Policy": POLICY.format(sockets=sockets).replace(" ;", ";")}


def _is_plain(host: str) -> bool:
    """A host name or address with an optional port; nothing that could add words to the policy."""
    return bool(host) and all(sign.isalnum() or sign in ".-:[]" for sign in host)
