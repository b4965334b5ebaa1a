"""What tokens look like. User and page tokens are JWTs signed with Ed25519, bot tokens, cookies and links random bytes.

The database only ever sees SHA-256 digests: 256 random bits need no slow hash.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agora.domains.place.accounts.model import CredentialKind
from agora.kernel.secrets import Secrets

ISSUER = "agora"
PAGE = "page"


class Claims(msgspec.Struct, frozen=True):
    """What a JWT of ours says: which credential it stands for, and until when (seconds since 1970; 0 without end)."""

    credential_id: int
    user_id: int
    kind: str
    expires_s: int


class Signer:
    """Signs and checks JWTs with the key of this installation."""

    def __init__(self, keys: Secrets) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(keys.get("jwt"))
        self._public = self._private.public_key()

    @property
    def verify_key(self) -> str:
        """The public key in hexadecimal: what checks a signature of this installation."""
        return self._public.public_bytes_raw().hex()

    def sign(self, claims: Claims, now_ms: int) -> str:
        """A JWT of these claims."""
        payload: dict[str, Any] = {
            "iss": ISSUER,
            "sub": str(claims.user_id),
            "jti": str(claims.credential_id),
            "kind": claims.kind,
            "iat": now_ms // 1000,
        }
        if claims.expires_s:
            payload["exp"] = claims.expires_s
        return jwt.encode(payload, self._private, algorithm="EdDSA")

    def verify(self, token: str, now_ms: int) -> Claims | None:
        """The claims of a JWT of ours that has not ended, else None. The clock is Agora's, not the library's."""
        try:
            payload = jwt.decode(
                token,
                self._public,
                algorithms=["EdDSA"],
                issuer=ISSUER,
                options={"verify_exp": False, "verify_iat": False, "require": ["iss", "sub", "jti"]},
            )
            claims = Claims(int(payload["jti"]), int(payload["sub"]), str(payload["kind"]), int(payload.get("exp", 0)))
        except (jwt.PyJWTError, KeyError, ValueError, TypeError):
            return None
        return None if claims.expires_s and claims.expires_s * 1000 <= now_ms else claims


def looks_signed(token: str) -> bool:
    """Whether the text has the form of a JWT."""
    return token.startswith("eyJ") and token.count(".") == 2


def random_secret(kind: CredentialKind) -> str:
    """A new secret; its beginning says what it is, so that people and secret scanners recognise it."""
    return f"agora_{kind.value}_{secrets.token_urlsafe(32)}"


def digest(secret: str) -> bytes:
    """What is stored and compared instead of the secret."""
    return hashlib.sha256(secret.encode()).digest()
