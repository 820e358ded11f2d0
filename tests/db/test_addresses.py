"""Addresses of databases: read strictly, refused without a word of the password in them."""

import pytest

from examengine import db
from examengine.db.address import place_of, read_address

WITH_SECRETS = [
    "postgresql+psycopg2://me:geheim@host/name",
    "postgresql+asyncpg://me:geheim@host/name",
    "mysql+pymysql://me:geheim@host/name",
    "oracle://me:geheim@host/name",
    "postgresql://me:p@geheim@host/name",
    "postgresql://me:p@geheim/x@host/name",
    "postgresql://me:p@geheim?x@host/name",
    "postgresql://me/you:geheim@host/name",
    "postgresql://me:geheim@host:port/name",
    "postgresql:/me:geheim@host/name",
    "geheim",
]


@pytest.mark.parametrize("url", WITH_SECRETS)
def test_a_refusal_shows_no_part_of_the_password(url):
    """
    Other databases, other drivers, and signs that belong percent-encoded are refused in a sentence.
    """
    with pytest.raises(db.DatabaseUrlUnusable) as refusal:
        db.make_engine(url)

    assert "geheim" not in str(refusal.value)
    assert "postgresql://user:password@host/name" in str(refusal.value)


def test_signs_of_a_password_can_be_encoded():
    """
    Every character has a way to be written.
    """
    url = read_address("postgresql://me:p%40ss%2Fw%25rd%3A@host:5433/name")

    assert (url.password, url.host, url.port) == ("p@ss/w%rd:", "host", 5433)
    assert url.drivername == "postgresql+psycopg"


def test_a_place_is_named_without_user_password_and_options():
    """
    What the log says about a database can be shown to anybody.
    """
    url = read_address("postgresql://me:geheim@host:5433/name?sslpassword=geheim")

    assert place_of(url) == "postgresql://host:5433/name"


def test_a_database_that_does_not_answer_is_refused_without_the_password():
    """
    Options of the address may hold secrets, too.
    """
    engine = db.make_engine("postgresql://me:geheim@127.0.0.1:1/name?sslpassword=geheim")

    with pytest.raises(db.DatabaseUnreachable) as refusal:
        db.check_schema(engine)

    assert "127.0.0.1:1" in str(refusal.value)
    assert "geheim" not in str(refusal.value)


@pytest.mark.postgres
def test_workers_ask_for_no_more_connections_than_there_are(postgresql_url):
    """
    The refusal counts, and names the settings that mend it.
    """
    engine = db.make_engine(postgresql_url)

    db.check_slots(engine, workers=2, each=11)
    with pytest.raises(db.SlotsTooFew, match=r"8 workers with 30 connections each.*need 242") as no:
        db.check_slots(engine, workers=8, each=30)
    engine.dispose()

    assert "EXAMENGINE_POOL" in str(no.value)
    assert "max_connections" in str(no.value)
