"""Finding items by their words: by FTS5 in SQLite, by tsvector in PostgreSQL, with one meaning.

Words are cut before they are stored (`item_words`), so neither database cuts, stems or ranks: each
only keeps which items have a word that begins so.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, cast, column, select, table, true
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import Session, col

from examengine.bank.item_words import EXPLAINED
from examengine.bank.tables import IndexedItemRow

_SQLITE = table("item_search", column("rowid"), column("item_search"))
_POSTGRESQL = table("item_words", column("id"), column("search"))


def having_words(session: Session, words: Sequence[str], *, explained: bool) -> ColumnElement[bool]:
    """Return the condition that each of some words begins a word of an item.

    Args:
        session: Tells the database.
        words: As `sought_words` returns them, at least one.
        explained: Whether words of the key and the rationales count, too.
    """
    begins = [(EXPLAINED + word, word) if explained else (word,) for word in words]
    if session.get_bind().dialect.name == "sqlite":
        asked = " AND ".join(
            "(" + " OR ".join(f'"{word}"*' for word in either) + ")" for either in begins
        )
        matches = _SQLITE.c.item_search.op("MATCH")(bindparam("words", asked, unique=True))
        return col(IndexedItemRow.id).in_(select(_SQLITE.c.rowid).where(matches))
    asked = " & ".join(
        "(" + " | ".join(f"'{word}':*" for word in either) + ")" for either in begins
    )
    matches = _POSTGRESQL.c.search.op("@@")(cast(bindparam("words", asked, unique=True), TSQUERY))
    return worked_out_once(col(IndexedItemRow.id).in_(select(_POSTGRESQL.c.id).where(matches)))


def worked_out_once(among: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition on what a query finds in which PostgreSQL runs that query once.

    After an import it knows nothing of how many rows there are, takes them for one, and would run
    the query for each row; asked whether the condition *is true*, it keeps what it finds.
    """
    return among.is_(true())
