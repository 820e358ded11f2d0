"""Statistics of a bank: ours taken out, and those that others computed kept beside them."""

import pytest

from examengine import bank, calibration, db, delivery, ledger
from examengine.accounts import NotAllowed, Role
from examengine.bank import StatisticsRefused
from examengine.bank.item_view import read_view
from examengine.bank.statistics_elsewhere import statistics_body
from examengine.kernel.digest import digest
from tests.scoring import world as worlds

BANK = "data-literacy"


@pytest.fixture
def world(engine, clock, hasher):
    """An exam whose form three people have handed in."""
    found = worlds.build(engine, clock, hasher)
    for name, right in (("Ada", 3), ("Ben", 5), ("Cleo", 7)):
        found.sit(name, right=right)
    return found


def bring_in(world, content, **said):
    """Bring a table in, a second after whatever happened before."""
    world.clock.forward(seconds=1)
    told = {"program": "Old bank", "population": "2019 to 2023", **said}
    with db.writing(world.engine) as session:
        return calibration.bring_in_statistics(
            session, world.clock, world.staff, BANK, "old.csv", content, **told
        )


def listed(world, query):
    """The lines of the bank's list that a view asks for."""
    view, faults = read_view(query)
    assert faults == ()
    with db.reading(world.engine) as session:
        return bank.search_items(session, world.staff, BANK, view, explained=True).lines


def test_they_are_kept_with_their_source_and_never_mixed_with_ours(world):
    """
    The page of an item tells them, the list filters by them, and n, p and item-rest stay ours.
    """
    item_id = world.form.items[0].ref.item_id

    kept = bring_in(world, f"item_id,n,p,item_rest_r\n{item_id},412,0.63,0.31\n".encode())

    (line,) = listed(world, [("p_elsewhere_from", "0.6"), ("p_elsewhere_to", "0.7")])
    with db.reading(world.engine) as session:
        (told,) = bank.told_of_item(session, world.staff, BANK, item_id)
        assert bank.statistics_kept(session, world.staff, BANK) == [kept]
        assert ledger.check(session, "statistics_elsewhere", kept.id).intact
    assert (line.item_id, line.n_elsewhere, line.item_rest_r_elsewhere) == (item_id, 412, 0.31)
    assert (line.n, line.p, line.item_rest_r) == (None, None, None)
    assert (told.told.p, told.source.program, told.version) == (0.63, "Old bank", 1)
    assert kept.digest == digest(
        statistics_body(
            kept.id, BANK, kept.source, kept.lines_digest, kept.brought_by, kept.brought_at
        )
    )


def test_gathering_ours_leaves_theirs(world):
    """
    Both stand side by side after a gathering, and after the index is made anew.
    """
    item_id = world.form.items[0].ref.item_id
    bring_in(world, f"item_id,p\n{item_id},0.63\n".encode())

    delivery.compute_figures(
        world.engine, world.clock, world.staff, calibration.ITEM_FIGURES, world.administration.id
    )
    with db.writing(world.engine) as session:
        usage = calibration.usage_of(session, world.staff, BANK)
        bank.keep_usage(session, world.clock, world.staff, BANK, usage)
    (line,) = listed(world, [("p_elsewhere_from", "0.6")])
    with db.writing(world.engine) as session:
        bank.index_again(session, world.staff, BANK)
    (again,) = listed(world, [("p_elsewhere_from", "0.6")])

    assert (line.n, line.p_elsewhere) == (3.0, 0.63)
    assert (again.item_id, again.p_elsewhere) == (item_id, 0.63)


def test_a_mean_becomes_a_share_and_other_headings_are_known(world):
    """
    Tables of psych, TAM and Xcalibre are read; what is empty says nothing.
    """
    item_id = world.form.items[0].ref.item_id

    bring_in(world, f'"","N","M","r.drop","raw.r"\n"{item_id}",99,0.4,0.2,0.3\n'.encode())

    with db.reading(world.engine) as session:
        (one,) = bank.told_of_item(session, world.staff, BANK, item_id)
    told = one.told
    assert (told.n, told.p, told.item_rest_r, told.item_total_r) == (99, 0.4, 0.2, 0.3)


@pytest.mark.parametrize(
    ("content", "needed"),
    [
        ("item_id,p\nX-999,0.5\n", "no such item"),
        ("item_id,p\n{id},63\n", "a share from 0 to 1"),
        ("item_id,p\n{id},half\n", "'half'; a number"),
        ("item_id,item_rest_r\n{id},2\n", "a correlation"),
        ("item_id,n\n{id},-1\n", "a number of people"),
        ("item_id,last_used\n{id},yesterday\n", "a day as 2026-11-30"),
        ("item_id,p\n{id},0.5\n{id},0.6\n", "stands twice"),
        ("item_id,p\n{id},\n", "no figure of any item"),
        ("item_id,author\n{id},Ada\n", "no column says anything"),
        ("name,p\n{id},0.5\n", "no column names the items"),
        ("", "empty"),
    ],
)
def test_what_cannot_be_true_is_refused_whole(world, content, needed):
    """
    Each fault is told with what would be right, and nothing is kept.
    """
    item_id = world.form.items[0].ref.item_id

    with pytest.raises(StatisticsRefused, match=needed):
        bring_in(world, content.replace("{id}", item_id).encode())

    with db.reading(world.engine) as session:
        assert bank.statistics_kept(session, world.staff, BANK) == []


def test_whose_they_are_has_to_be_said(world):
    """
    Figures without a source are nobody's.
    """
    content = f"item_id,p\n{world.form.items[0].ref.item_id},0.5\n".encode()

    with pytest.raises(StatisticsRefused, match="program: say"):
        bring_in(world, content, program=" ")


def test_a_new_version_is_another_question(world):
    """
    What was told of the version before stays on its page, and leaves the list.
    """
    item_id = world.form.items[0].ref.item_id
    bring_in(world, f"item_id,p\n{item_id},0.63\n".encode())
    with db.writing(world.engine) as session:
        stored = {one.item_id: one for one in bank.latest_versions(session, BANK)}
        content = {**stored[item_id].content, "version": 2}
        changed = bank.LoadedItem("changed.yaml", content, {})
        found = bank.find_bank(session, world.staff, BANK)
        loaded = bank.LoadedBank(found, (changed,), {}, ())
        assert bank.import_bank(session, world.clock, world.staff, loaded).written

    assert listed(world, [("p_elsewhere_from", "0")]) == ()
    with db.reading(world.engine) as session:
        (told,) = bank.told_of_item(session, world.staff, BANK, item_id)
    assert told.version == 1


def test_ours_leave_as_a_row_for_each_version_and_administration(world):
    """
    Figures, exposure and parameters stand in one row, whatever has been computed so far.
    """
    with db.reading(world.engine) as session:
        before = list(calibration.statistics_out(session, world.staff, BANK))
    delivery.compute_figures(
        world.engine, world.clock, world.staff, calibration.ITEM_FIGURES, world.administration.id
    )
    with db.reading(world.engine) as session:
        rows = list(calibration.statistics_out(session, world.staff, BANK))

    head = calibration.STATISTICS_HEAD
    table = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert len(before) == len(rows) == len(world.form.items)
    assert all(row[head.index("n")] is None for row in before)
    first = table[world.form.items[0].ref.item_id]
    assert (first["version"], first["candidates"], first["n"]) == (1, 3, 3.0)
    assert (first["administration"], first["flags"]) == (world.administration.title, "few")
    assert (first["model"], first["a"]) == ("2pl", 1.0)
    assert first["parameters"].startswith("sha256:")
    assert first["last_used"] is not None


def test_who_may(world, session, person):
    """
    Psychometricians bring in and take out; authors read what was told.
    """
    author = person(Role.AUTHOR)

    assert bank.statistics_kept(session, author, BANK) == []
    with pytest.raises(NotAllowed):
        calibration.statistics_out(session, author, BANK)
    with pytest.raises(NotAllowed):
        calibration.bring_in_statistics(
            session, world.clock, author, BANK, "old.csv", b"", program="x", population="y"
        )
    with pytest.raises(NotAllowed):
        bank.told_of_item(session, person(Role.CANDIDATE), BANK, "any")
