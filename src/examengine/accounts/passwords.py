"""Passwords are hashed with argon2id, a few at a time, so that a rush of sign-ins stays bounded."""

from threading import BoundedSemaphore

import argon2


class PasswordHasher:
    """Argon2id with the second parameter set that OWASP recommends: 19 MiB, two passes, one lane.

    At most `at_once` hashes run at the same time; the others wait their turn, so that 300
    candidates who sign in at the bell cost time, and not all the memory there is.
    """

    def __init__(self, *, at_once: int = 2, memory_kib: int = 19_456, passes: int = 2) -> None:
        self._hasher = argon2.PasswordHasher(
            time_cost=passes, memory_cost=memory_kib, parallelism=1
        )
        self._turns = BoundedSemaphore(at_once)
        self._nobody = self.hash("the password of nobody")

    def hash(self, password: str) -> str:
        """Return the encoded hash, with its salt and parameters."""
        with self._turns:
            return self._hasher.hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Tell whether `password` is the one; an unknown person takes as long as a known one."""
        with self._turns:
            try:
                self._hasher.verify(stored or self._nobody, password)
            except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
                return False
        return stored is not None
