"""How much of what a stranger sends is read at all, before any of it is understood.

A verifier is asked by anybody, so nothing here may cost more than a moment: what is larger, deeper
or more numerous than a credential needs to be is not looked into, and is answered with "could not
tell". None of these numbers is a rule of Open Badges; the largest badge we know has 400 values.
"""

LARGEST_DOCUMENT = 256 * 1024
"""Bytes of a credential or of a DID document."""
LARGEST_LIST = 1024 * 1024
"""Bytes of a status list."""
LARGEST_IMAGE = 4 * 1024 * 1024
DEEPEST = 32
MOST_VALUES = 3000
"""Values of one JSON document, lists and objects among them: JSON-LD costs time for each."""
MOST_IN_A_LIST = 500
"""Values of one list: JSON-LD compares each with all the others."""
MOST_REVOKED = 100_000
"""Values of a revocation list, which is plain JSON."""
MOST_CONTEXTS = 8
MOST_PROOFS = 5
MOST_ENDORSEMENTS = 10
MOST_LOOKUPS = 20
"""DID documents and status lists that one credential may make us look up."""

EXCEEDED = frozenset(
    {
        "too_large",
        "too_deep",
        "too_many_values",
        "too_many_contexts",
        "context_repeated",
        "too_many_proofs",
        "too_many_endorsements",
        "image_too_large",
        "credential_too_large",
        "graph_too_entangled",
    }
)
"""The reasons that say what we do not look into, and nothing about the credential."""
