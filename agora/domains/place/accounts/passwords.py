"""Passwords: argon2id, computed in threads, never on the event loop."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from agora.domains.place.accounts.settings import SecuritySettings
from agora.kernel.errors import invalid

MAX_LENGTH = 256
# Each hash takes tens of MiB and a core: a burst of sign-ins waits instead of taking the machine.
AT_ONCE = 2


class Passwords:
    """Hashes and checks passwords with the settings' figures."""

    def __init__(self, settings: SecuritySettings) -> None:
        self._hasher = PasswordHasher(settings.argon2_passes, settings.argon2_memory_mib * 1024)
        self._min_length = settings.password_min_length
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._decoy: str | None = None

    def check(self, password: str, field: str = "password") -> None:
        """Raises BadRequest on ``field`` when the password is too short or too long."""
        if not self._min_length <= len(password) <= MAX_LENGTH:
            sentence = f"Must be between {self._min_length} and {MAX_LENGTH} in length."
            raise invalid(field, sentence, "BASE_TYPE_BAD_LENGTH")

    async def hash(self, password: str) -> str:
        """The argon2id hash with its salt and figures."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password belongs to the hash. Without a hash it takes as long, and fails: names stay secret."""
        if len(password) > MAX_LENGTH:
            return False
        if password_hash is None:
            if self._decoy is None:
                self._decoy = await self.hash("nobody has this password")
            await self._verify(self._decoy, password)
            return False
        return await self._verify(password_hash, password)

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with other figures than today's."""
        return self._hasher.check_needs_rehash(password_hash)

    async def _verify(self, password_hash: str, password: str) -> bool:
        async with self._slots:
            try:
                return await asyncio.to_thread(self._hasher.verify, password_hash, password)
            except (VerificationError, InvalidHashError):
                return False
