"""Signing keys: their files, the ring of them, and which of them signed here."""
