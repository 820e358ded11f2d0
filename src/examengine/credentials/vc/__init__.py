"""Verifiable credentials: canonical form, proofs, DIDs, status lists, baking and the verifier.

Knows no exam, no database and no network: bytes and published documents go in, a report comes out.
"""
