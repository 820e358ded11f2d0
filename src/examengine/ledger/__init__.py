"""The ledger: one append-only chain over every record that a result rests on.

A record proves by its digest that nothing in it was changed; it cannot prove that it was not taken
away. The ledger can: it knows every record that was made, and what it said.
"""

from examengine.ledger.entries import (
    Chain,
    Draft,
    Entry,
    LedgerFault,
    Seal,
    as_row,
    chained,
    of_row,
)
from examengine.ledger.repository import entries, head, rows_of, scopes
from examengine.ledger.sealing import (
    LOG,
    SEALINGS,
    Sealing,
    body_of,
    declare,
    new_salt,
    seal,
    sealed_body,
)
from examengine.ledger.service import (
    LogHead,
    append,
    append_again,
    append_heads,
    check,
    check_about,
    check_all,
    entry_about,
    sealed_heads,
    write,
)

__all__ = [
    "LOG",
    "SEALINGS",
    "Chain",
    "Draft",
    "Entry",
    "LedgerFault",
    "LogHead",
    "Seal",
    "Sealing",
    "append",
    "append_again",
    "append_heads",
    "as_row",
    "body_of",
    "chained",
    "check",
    "check_about",
    "check_all",
    "declare",
    "entries",
    "entry_about",
    "head",
    "new_salt",
    "of_row",
    "rows_of",
    "scopes",
    "seal",
    "sealed_body",
    "sealed_heads",
    "write",
]
