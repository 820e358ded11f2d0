"""The file that describes an exam: read whole, or refused with every fault named."""

from pathlib import Path

import pytest

from examengine.assembly import ExamSpecUnusable, PoolUnusable, blueprint_of, read_exam, read_pool
from examengine.assembly.blueprint import Between

SAMPLE = Path(__file__).parents[2] / "item_banks" / "data-literacy" / "exam.toml"


def test_the_sample_exam_can_be_read():
    """
    The exam that comes with the project asks for two forms of forty items over eight areas.
    """
    blueprint = blueprint_of(read_exam(SAMPLE))

    assert (blueprint.forms, blueprint.length, len(blueprint.areas)) == (2, 40, 8)
    assert blueprint.areas["chance"] == Between(5, 5)


@pytest.mark.parametrize(
    ("found", "written", "fault"),
    [
        ("minutes = 60", "minutes = 0", "minutes: give the time allowed"),
        ('slope = "100"', "slope = 100", "scale.slope: is 100"),
        ("chance = 5", "chance = [6, 5]", "blueprint.areas.chance: is [6, 5]"),
        ('bank = "data-literacy"', "", "bank: is missing"),
        ("forms = 2", "forms = 2.5", "blueprint.forms: is 2.5"),
        ("minutes = 60", "minutes = 60\ncolour = 1", "colour: is not a field of an exam"),
        ("minimum = 200", "minimum = 800", "the minimum 800 is not below the maximum 800"),
        ("examengine/exam/1", "examengine/exam/9", "schema: is 'examengine/exam/9'"),
        ("[blueprint]", "[blueprint", "not TOML"),
        ("seed = ", "seed = nan #", "pilot.seed: is nan"),
        (
            "[blueprint]",
            '[integrity]\nhold_below_effort = "0.5"\n[blueprint]',
            "integrity.hold_below_effort: is '0.5'; give a number from 0 to 1",
        ),
        (
            "[blueprint]",
            "[integrity]\nhold_below_effort = 50\n[blueprint]",
            "integrity.hold_below_effort: is 50; give a number from 0 to 1",
        ),
        (
            "[blueprint]",
            "[integrity]\nhold_below_effort = nan\n[blueprint]",
            "integrity.hold_below_effort: is nan",
        ),
        (
            "[blueprint]",
            "[integrity]\neffort = 0.5\n[blueprint]",
            "integrity.effort: is not a field; hold_below_effort is the only one",
        ),
        ("minutes = 60", "minutes = 60\nintegrity = 1", "integrity: is 1; write a table"),
        ('bank = "data-literacy"', 'bank = "a\\u0000"', "bank: holds the character NUL"),
    ],
)
def test_a_fault_is_named_with_its_place(tmp_path, found, written, fault):
    """
    Each fault says in which field it is and what would be right.
    """
    broken = tmp_path / "exam.toml"
    broken.write_text(SAMPLE.read_text().replace(found, written, 1))

    with pytest.raises(ExamSpecUnusable) as refusal:
        read_exam(broken)

    assert any(fault in said for said in refusal.value.faults)


def test_a_folder_and_a_pool_nested_without_end_are_refused(tmp_path):
    """
    A folder instead of the exam's file, and a JSON pool that no parser follows, are said in words.
    """
    deep = tmp_path / "pool.json"
    deep.write_text("[" * 100_000)

    with pytest.raises(ExamSpecUnusable, match="directory"):
        read_exam(tmp_path)
    with pytest.raises(PoolUnusable, match="not JSON"):
        read_pool(deep, [0.0])


def test_all_faults_are_named_at_once(tmp_path):
    """
    Somebody who mends a file learns of every fault in one go.
    """
    empty = tmp_path / "exam.toml"
    empty.write_text("")

    with pytest.raises(ExamSpecUnusable) as refusal:
        read_exam(empty)

    assert len(refusal.value.faults) >= 12


def test_a_missing_file_is_said_plainly(tmp_path):
    """
    A path that leads nowhere is a fault in words, not a traceback.
    """
    with pytest.raises(ExamSpecUnusable, match="there is no such file"):
        read_exam(tmp_path / "nowhere.toml")
