"""Item parameters from elsewhere: checked, brought in, adopted and explained."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from examengine import bank, calibration, db, ledger, scoring
from examengine.accounts import NotAllowed, OwnMatter, Role
from examengine.accounts.tables import StaffActRow
from examengine.calibration import BroughtOutcome, ParametersUnreadable, ScaleMoved
from examengine.calibration.elsewhere import elsewhere_digest
from examengine.kernel.digest import digest_of_bytes
from examengine.psychometrics.parameter_tables import FORMATS
from examengine.scoring.tables import ScoreRecordRow
from tests.calibration.elsewhere_tables import SENT, sent
from tests.scoring import world as worlds

BANK = "data-literacy"


@pytest.fixture
def world(engine, clock, hasher):
    """An exam whose scored items have parameters with a = 1."""
    return worlds.build(engine, clock, hasher)


def scored_ids(world):
    """The items that abilities are estimated from."""
    return [item.ref.item_id for item in world.form.items if item.scored]


def in_use(world):
    """Item parameters in use, by item."""
    with db.reading(world.engine) as session:
        adopted = bank.current_parameters(session, BANK)
    return {entry["item_id"]: entry for entry in adopted.body["items"]}


def bring_in(world, told):
    """Bring a table in, a second after whatever happened before."""
    world.clock.forward(seconds=1)
    with db.writing(world.engine) as session:
        return calibration.bring_in_parameters(session, world.clock, world.staff, BANK, told)


def adopt(world, found, actor=None):
    """Adopt what was brought in."""
    world.clock.forward(seconds=1)
    with db.writing(world.engine) as session:
        return calibration.adopt_elsewhere(
            session, world.clock, actor or world.staff, BANK, found.id, "A larger sample."
        )


def test_bringing_in_changes_no_score_and_adopting_does(world):
    """
    A table is stored with what would become of each item; the bank has it once it is adopted.
    """
    ids = scored_ids(world)
    before = in_use(world)

    found = bring_in(world, sent([(item_id, 1.25, 0.5) for item_id in ids]))
    untouched = in_use(world)
    adopted = adopt(world, found)

    assert untouched == before
    assert found.counts == {BroughtOutcome.CHANGED: len(ids)}
    assert {(one["a"], one["b"]) for one in in_use(world).values()} == {(1.25, 0.5)}
    assert (adopted.elsewhere_id, adopted.elsewhere_digest) == (found.id, found.digest)
    assert adopted.run_id is None
    assert adopted.body["groups"][0]["group"] == "Candidates of spring 2025"


def test_it_is_named_sealed_and_in_the_trail(world):
    """
    Its digest can be computed again of what is there, the table is kept byte for byte.
    """
    told = sent([(scored_ids(world)[0], 1.25, 0.5)])

    found = bring_in(world, told)
    adopted = adopt(world, found)

    with db.reading(world.engine) as session:
        read = calibration.find_elsewhere(session, world.staff, BANK, found.id)
        seals = [
            ledger.check(session, "calibration_elsewhere", found.id),
            ledger.check(session, "adopted_parameters", adopted.id),
        ]
        acts = session.exec(select(StaffActRow.action).order_by(col(StaffActRow.at))).all()
    assert read == found
    assert elsewhere_digest(read) == found.digest
    assert read.file == told.content
    assert read.source.file_digest == digest_of_bytes(told.content)
    assert all(seal.intact for seal in seals)
    assert [act for act in acts if act in {"calibration.bring_in", "bank.adopt_parameters"}][
        -2:
    ] == ["calibration.bring_in", "bank.adopt_parameters"]


def test_each_row_that_cannot_be_used_is_left_out_and_told(world):
    """
    A stranger's item, another number of points and a word for a number are named with the reason.
    """
    first, second, third = scored_ids(world)[:3]
    rows = [(first, 1.1, 0.2), ("X-999", 1.0, 0.0), (third, "steep", 0.0)]
    told = sent(rows)
    content = told.content.replace(b"id,model,a,b\n", b"id,model,a,b,b1,b2\n")
    content = b"\n".join(
        line if line.startswith(b"id") else line + b",," for line in content.splitlines()
    )
    content += f"\n{second},gpcm,1.0,,-0.5,0.5\n".encode()

    found = bring_in(world, replace(told, content=content))

    left_out = {item.item_id: item for item in found.of(BroughtOutcome.LEFT_OUT)}
    assert set(left_out) == {"X-999", second, third}
    assert left_out["X-999"].faults == ("the bank has no such item",)
    assert "worth 1 point" in left_out[second].faults[0]
    assert "a is 'steep'" in left_out[third].faults[0]
    assert (left_out[third].line, left_out[second].line) == (4, 5)
    assert {item.item_id for item in found.of(BroughtOutcome.CHANGED)} == {first}


def test_a_scale_of_its_own_takes_the_place_of_all(world):
    """
    Items that are not in the table would have no parameters any more, and that is said before.
    """
    ids = scored_ids(world)

    found = bring_in(world, sent([(ids[0], 1.2, 0.1)]))

    assert len(found.of(BroughtOutcome.LOST)) == len(ids) - 1
    assert any("would have none" in warning for warning in found.warnings)
    assert [entry["item_id"] for entry in found.body["items"]] == [ids[0]]


def test_on_the_same_scale_the_others_keep_theirs(world):
    """
    Only the items of the table change; the group by which abilities are estimated stays.
    """
    ids = scored_ids(world)
    before = in_use(world)

    found = bring_in(world, sent([(ids[0], 1.2, 0.1)], relation="same", scale_name=""))
    adopt(world, found)

    after = in_use(world)
    assert (after[ids[0]]["a"], after[ids[0]]["b"]) == (1.2, 0.1)
    assert all(
        (after[item_id]["a"], after[item_id]["b"]) == (before[item_id]["a"], before[item_id]["b"])
        for item_id in ids[1:]
    )
    assert found.scale.name.startswith("calibration of")
    assert any("rests on your word" in warning for warning in found.warnings)


def test_scales_that_are_told_to_be_one_are_held_against_each_other(world):
    """
    Where the common items say otherwise, it is told before anybody adopts.
    """
    before = in_use(world)
    rows = [(item_id, one["a"], one["b"] + 1.0) for item_id, one in before.items()]

    found = bring_in(world, sent(rows, relation="same"))

    assert any("the scales are not one" in warning for warning in found.warnings)


def test_another_scale_is_linked_by_the_items_that_both_have(world):
    """
    θ in use = A θ + B is found again; common items stay, the others come in on the scale in use.
    """
    before = in_use(world)
    ids = list(before)
    slope, shift = 1.25, -0.4
    rows = [
        (item_id, before[item_id]["a"] * slope, (before[item_id]["b"] - shift) / slope)
        for item_id in ids
    ]
    with db.reading(world.engine) as session:
        new = next(
            item.item_id
            for item in bank.latest_versions(session, BANK)
            if item.item_id not in before
            and bank.ITEM_TYPES[item.item_type].most_points(item.content) == 1
        )

    found = bring_in(world, sent([*rows, (new, 1.0, 0.8)], relation="linked"))

    assert found.scale.link == pytest.approx((slope, shift), abs=1e-4)
    assert found.scale.n_common == len(ids)
    assert len(found.of(BroughtOutcome.KEPT)) == len(ids)
    (come,) = found.of(BroughtOutcome.NEW)
    assert come.now["a"] == pytest.approx(1.0 / slope, abs=1e-4)
    assert come.now["b"] == pytest.approx(slope * 0.8 + shift, abs=1e-4)


def test_too_few_common_items_make_no_link(world):
    """
    One item says nothing of two constants; the table is refused with what would be needed.
    """
    with pytest.raises(ParametersUnreadable, match="at least two"):
        bring_in(world, sent([(scored_ids(world)[0], 1, 0)], relation="linked"))


def test_other_parameters_adopted_meanwhile_stop_the_adoption(world):
    """
    What was held against parameters that are in use no more is not adopted unseen.
    """
    ids = scored_ids(world)
    first = bring_in(world, sent([(item_id, 1.1, 0) for item_id in ids]))
    second = bring_in(world, sent([(item_id, 1.2, 0) for item_id in ids], relation="same"))
    adopt(world, first)

    with pytest.raises(ScaleMoved, match="Spring 2025"):
        adopt(world, second)


def test_that_answers_were_simulated_is_never_lost(world):
    """
    Whoever said it, results that rest on the parameters say it, also when sets are joined.
    """
    ids = scored_ids(world)
    adopt(world, bring_in(world, sent([(item_id, 1.1, 0) for item_id in ids], simulated=True)))
    joined = bring_in(world, sent([(ids[0], 1.3, 0)], relation="same"))
    adopt(world, joined)

    with db.reading(world.engine) as session:
        told = scoring.simulated_now(session, world.administration)
        short = bank.adoptions(session, world.staff, BANK)
    assert [one.reason for one in told] == ["its item parameters rest on simulated answers"]
    assert joined.body["simulated"] is True
    assert [one.simulated for one in short][:2] == [True, True]


def test_a_score_is_explained_down_to_the_table(world):
    """
    The explanation names the calibration elsewhere, and computes each digest again.
    """
    found = bring_in(world, sent([(item_id, 1.1, 0.3) for item_id in scored_ids(world)]))
    adopt(world, found)
    world.sit("Ada", right=6)
    with db.writing(world.engine) as session:
        scoring.score_administration(session, world.clock, world.staff, world.administration.id)
    with db.reading(world.engine) as session:
        score_id = session.exec(select(ScoreRecordRow.id)).one()
        steps = scoring.explain(session, world.staff, score_id).steps
    (step,) = [one for one in steps if one.kind == "calibration"]
    (parameters,) = [one for one in steps if one.kind == "parameters"]
    assert "took place elsewhere: mirt 1.47" in step.words[0]
    assert step.agrees
    assert parameters.agrees
    assert len(step.checks) == 5


def test_what_has_to_be_said_is_asked_for_in_one_go(world):
    """
    A table without its source, scale or size is refused with a sentence for each.
    """
    told = replace(
        SENT,
        content=b"id,a,b\nQ,1,0\n",
        program=" ",
        population="",
        title="",
        n_persons=0,
        scale_name="",
        mean=None,
        sd=0.0,
    )

    with pytest.raises(ParametersUnreadable) as refused:
        bring_in(world, told)

    said = " ".join(refused.value.faults)
    for name in ("title", "program", "population", "sample size", "scale name", "mean", "devia"):
        assert f"{name}" in said
    with pytest.raises(ParametersUnreadable, match="which constant D"):
        bring_in(world, sent([(scored_ids(world)[0], 1, 0)], scaling=""))
    with pytest.raises(ParametersUnreadable, match="headings do not tell"):
        bring_in(world, replace(SENT, content=b"x,y\n1,2\n"))
    with pytest.raises(ParametersUnreadable, match="no row of the table can be used"):
        bring_in(world, sent([("X-1", 1, 0)]))


def test_a_check_stores_nothing(world):
    """
    A dry run tells the same and leaves no trace.
    """
    told = sent([(scored_ids(world)[0], 1.2, 0.1)])

    with db.reading(world.engine) as session:
        found = calibration.check_parameters(session, world.clock, world.staff, BANK, told)
        listed = calibration.list_elsewhere(session, world.staff, BANK)

    assert found.counts[BroughtOutcome.CHANGED] == 1
    assert listed == []


def test_who_may(world, session, person):
    """
    Psychometricians bring in and adopt; authors and reviewers look; candidates see nothing.
    """
    found = bring_in(world, sent([(scored_ids(world)[0], 1.2, 0.1)]))
    author, candidate = person(Role.AUTHOR), person(Role.CANDIDATE)

    assert calibration.find_elsewhere(session, author, BANK, found.id).title == "Spring 2025"
    assert calibration.scale_in_use(session, author, BANK).n_items == len(scored_ids(world))
    for refused in (author, candidate):
        with pytest.raises(NotAllowed):
            calibration.bring_in_parameters(session, world.clock, refused, BANK, SENT)
        with pytest.raises(NotAllowed):
            calibration.check_parameters(session, world.clock, refused, BANK, SENT)
        with pytest.raises(NotAllowed):
            adopt(world, found, refused)
    for use_case in (calibration.list_elsewhere, calibration.scale_in_use):
        with pytest.raises(NotAllowed):
            use_case(session, candidate, BANK)
    with pytest.raises(NotAllowed):
        calibration.parameters_out(session, candidate, BANK, FORMATS["mirt"])
    with pytest.raises(NotAllowed):
        calibration.parameter_file_out(session, candidate, BANK)


def test_nobody_adopts_parameters_by_which_their_own_exam_is_scored(world):
    """
    Whoever is enrolled in an exam of the bank keeps their hands off, as with a run.
    """
    found = bring_in(world, sent([(item_id, 1.2, 0.1) for item_id in scored_ids(world)]))
    ada = world.enrol("Ada").actor
    both = replace(ada, roles=frozenset({Role.CANDIDATE, Role.PSYCHOMETRICIAN}))

    with pytest.raises(OwnMatter):
        adopt(world, found, both)


@pytest.mark.parametrize("code", ["examengine", "generic", "mirt", "mirt_slopes", "tam", "tam_irt"])
def test_taken_out_and_brought_in_again_nothing_changes(world, code):
    """
    Whatever table ours are taken out as, every item comes back unchanged.
    """
    with db.reading(world.engine) as session:
        out = calibration.parameters_out(session, world.staff, BANK, FORMATS[code])
    content = "\n".join(",".join(f'"{cell}"' for cell in row) for row in [out.head, *out.rows])

    told = replace(SENT, content=content.encode(), scaling="1", relation="same", table=code)
    found = bring_in(world, told)

    assert out.left_out == {}
    assert set(found.counts) == {BroughtOutcome.UNCHANGED}


def test_a_parameter_file_is_read_too(world):
    """
    The JSON file of the commands, and of the page of a run, needs nothing to be said of it.
    """
    with db.reading(world.engine) as session:
        body = calibration.parameter_file_out(session, world.staff, BANK)
    ids = scored_ids(world)
    items = ", ".join(
        f'{{"item_id": "{item_id}", "model": "2pl", "a": 1.5, "b": 0.25}}' for item_id in ids
    )
    content = f'{{"schema": "{body["schema"]}", "items": [{items}]}}'

    found = bring_in(world, replace(SENT, content=content.encode()))

    assert found.source.table == calibration.PARAMETER_FILE
    assert found.counts == {BroughtOutcome.CHANGED: len(ids)}


def test_a_bank_without_parameters_has_none_to_take_out_and_no_scale_to_join(engine, clock, hasher):
    """
    Both are said; a scale of its own is what there is to begin with.
    """
    bare = worlds.build(engine, clock, hasher, calibrated=False)
    first = bare.form.items[0].ref.item_id

    with db.reading(engine) as session:
        assert calibration.scale_in_use(session, bare.staff, BANK) is None
        with pytest.raises(calibration.NoParametersYet):
            calibration.parameters_out(session, bare.staff, BANK, FORMATS["mirt"])
    with pytest.raises(ParametersUnreadable, match="no scale to join"):
        bring_in(bare, sent([(first, 1.0, 0.0)], relation="same"))
    adopt(bare, bring_in(bare, sent([(first, 1.0, 0.0)])))

    assert set(in_use(bare)) == {first}
