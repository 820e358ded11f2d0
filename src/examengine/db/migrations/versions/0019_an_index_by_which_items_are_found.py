"""An index by which items are found, compared and listed, and views of a bank that people save.

The index is derived: it is made here of the newest version of every item. Its words are searched by
what each database brings: FTS5 in SQLite, a column of tsvector in PostgreSQL.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import examengine.db.types
from examengine.bank.indexed_item import indexed_fields, indexed_words

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_AT_ONCE = 500
_TYPES = {
    "organisation_id": sa.Uuid(),
    "added_at": examengine.db.types.UtcDateTime(timezone=True),
    "changed_at": examengine.db.types.UtcDateTime(timezone=True),
    "stimulus": sa.Boolean(),
    "simulated": sa.Boolean(),
}

_SQLITE = (
    "CREATE VIRTUAL TABLE item_search USING fts5("
    "words, content='item_words', content_rowid='id', tokenize='ascii', detail=none, columnsize=0)",
    "CREATE TRIGGER item_words_added AFTER INSERT ON item_words BEGIN "
    "INSERT INTO item_search(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER item_words_gone AFTER DELETE ON item_words BEGIN "
    "INSERT INTO item_search(item_search, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER item_words_changed AFTER UPDATE OF words ON item_words BEGIN "
    "INSERT INTO item_search(item_search, rowid, words) VALUES ('delete', old.id, old.words); "
    "INSERT INTO item_search(rowid, words) VALUES (new.id, new.words); END",
)
_POSTGRESQL = (
    "ALTER TABLE item_words ADD COLUMN search tsvector "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED",
    "CREATE INDEX ix_item_words_search ON item_words USING gin (search)",
)


def upgrade() -> None:
    text, moment = sqlmodel.sql.sqltypes.AutoString, examengine.db.types.UtcDateTime(timezone=True)
    op.create_table(
        "indexed_item",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", text(length=60), nullable=False),
        sa.Column("item_id", text(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("heading", text(length=200), nullable=False),
        sa.Column("item_type", text(length=60), nullable=False),
        sa.Column("area", text(length=60), nullable=False),
        sa.Column("level", text(length=60), nullable=False),
        sa.Column("language", text(length=20), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("stimulus", sa.Boolean(), nullable=False),
        sa.Column("enemies", sa.Text(), nullable=False),
        sa.Column("n_enemies", sa.Integer(), nullable=False),
        sa.Column("added_at", moment, nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        *(
            sa.Column(name, sa.Float(), nullable=True)
            for name in ("n", "p", "item_rest_r", "a", "b", "c")
        ),
        sa.Column("flags", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("forms", "administrations", "candidates")
        ),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("last_used_at", moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_indexed_item_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "bank_id"],
            ["bank.organisation_id", "bank.id"],
            name=op.f("fk_indexed_item_organisation_id_bank_id_bank"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indexed_item")),
        sa.UniqueConstraint(
            "organisation_id", "item_id", name=op.f("uq_indexed_item_organisation_id_item_id")
        ),
    )
    op.create_index(
        "ix_indexed_item_bank", "indexed_item", ["organisation_id", "bank_id", "item_id"]
    )
    op.create_table(
        "item_words",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("runs", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_item_words_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["indexed_item.id"], name=op.f("fk_item_words_id_indexed_item")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_words")),
    )
    op.create_table(
        "bank_view",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_id", text(length=60), nullable=False),
        sa.Column("title", text(length=80), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=False),
        sa.Column("saved_by_name", text(length=200), nullable=False),
        sa.Column("saved_at", moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_bank_view_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id", "bank_id"],
            ["bank.organisation_id", "bank.id"],
            name=op.f("fk_bank_view_organisation_id_bank_id_bank"),
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["person.id"], name=op.f("fk_bank_view_saved_by_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_view")),
        sa.UniqueConstraint(
            "organisation_id",
            "bank_id",
            "saved_by",
            "title",
            name=op.f("uq_bank_view_organisation_id_bank_id_saved_by_title"),
        ),
    )
    op.add_column("bank", sa.Column("usage_at", moment, nullable=True))
    connection = op.get_bind()
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
    _index(connection)


def downgrade() -> None:
    """Drop all of it: the index is made again, and views are lost."""
    op.drop_column("bank", "usage_at")
    op.drop_table("bank_view")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE item_search")
    op.drop_table("item_words")
    op.drop_table("indexed_item")


def _index(connection: sa.Connection) -> None:
    """Index the newest version of every item of every organisation."""
    version = sa.table(
        "item_version",
        sa.column("organisation_id", sa.Uuid()),
        sa.column("item_id", sa.String()),
        sa.column("version", sa.Integer()),
        sa.column("bank_id", sa.String()),
        sa.column("content", examengine.db.types.Document),
        sa.column("imported_at", examengine.db.types.UtcDateTime(timezone=True)),
    )
    bank = sa.table(
        "bank", *map(sa.column, ("id", "language")), sa.column("organisation_id", sa.Uuid())
    )
    newest = (
        sa.select(
            version.c.organisation_id,
            version.c.item_id,
            sa.func.max(version.c.version).label("version"),
            sa.func.min(version.c.imported_at).label("added_at"),
        )
        .group_by(version.c.organisation_id, version.c.item_id)
        .subquery()
    )
    query = (
        sa.select(version, newest.c.added_at, bank.c.language)
        .join(
            newest,
            sa.and_(
                version.c.organisation_id == newest.c.organisation_id,
                version.c.item_id == newest.c.item_id,
                version.c.version == newest.c.version,
            ),
        )
        .join(
            bank,
            sa.and_(
                bank.c.organisation_id == version.c.organisation_id, bank.c.id == version.c.bank_id
            ),
        )
        .order_by(version.c.organisation_id, version.c.item_id)
    )
    # What is indexed has grown since; later migrations add the columns for it.
    there = {column["name"] for column in sa.inspect(connection).get_columns("indexed_item")}
    number = 0
    for part in connection.execute(query).partitions(_AT_ONCE):
        rows, texts = [], []
        for row in part:
            number += 1
            owner = {"id": number, "organisation_id": row.organisation_id}
            fields = indexed_fields(row.content, row.language)
            rows.append(
                owner
                | {name: value for name, value in fields.items() if name in there}
                | {"bank_id": row.bank_id, "added_at": row.added_at, "changed_at": row.imported_at}
                | {"flags": "", "simulated": False}
                | dict.fromkeys(("forms", "administrations", "candidates"), 0)
            )
            texts.append(owner | indexed_words(row.content))
        for table, made in (("indexed_item", rows), ("item_words", texts)):
            named = (sa.column(name, _TYPES.get(name)) for name in made[0])
            connection.execute(sa.table(table, *named).insert(), made)
    if number and connection.dialect.name == "postgresql":
        op.execute(f"SELECT setval(pg_get_serial_sequence('indexed_item', 'id'), {number})")
