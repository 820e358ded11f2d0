"""The lint: each rule finds what it is for, and leaves a good item alone."""

from pathlib import Path
from typing import Any

import pytest

from examengine.bank import CheckReport, check_bank, item_version, load_folder
from examengine.bank.formats import load_files
from tests.bank.media_files import subtitles, wav, webm
from tests.bank.small_bank import BANK, figure, files, item, three_items

SAMPLE_BANK = Path(__file__).parents[2] / "item_banks" / "data-literacy"


def check(*items: dict[str, Any]) -> CheckReport:
    """The report on a bank of these items."""
    loaded = load_files(files(*items))
    assert loaded.faults == ()
    return check_bank(loaded)


def rules(report: CheckReport) -> set[str]:
    """The rules that found something, apart from the figure that nobody shows."""
    return {found.rule for found in report.findings} - {"unused_files"}


def options(*texts: str) -> list[dict[str, str]]:
    """Options a, b, c … with these texts."""
    return [
        {"id": "abcde"[place], "text": text, "rationale": "Because."}
        for place, text in enumerate(texts)
    ]


def choice(item_id: str = "S-1", key: str = "a", stem: str = "Which?", **texts: Any) -> dict:
    """A single choice item with these options."""
    return item(item_id, "single_choice", stem=stem, key=key, **texts)


def test_good_items_pass():
    """
    Items without a clue give no finding.
    """
    report = check(*three_items())

    assert report.findings == ()
    assert report.n_items == 3


def test_two_files_with_one_id_are_refused():
    """
    The second file of an id is named together with the first.
    """
    loaded = load_files(files(choice()))
    twice = load_files(
        {**files(choice()), "items/more/S-1.yaml": files(choice())["items/S-1.yaml"]}
    )

    report = check_bank(twice)

    assert rules(check_bank(loaded)) == set()
    assert len(report.unusable) == 1
    assert "items/S-1.yaml" in str(report.unusable[0])


def test_ids_that_differ_in_capital_letters_alone_are_refused():
    """
    They would be one file on many machines, and one item to many people.
    """
    stored = [item_version("small", load_files(files(choice("s-1"))).items[0].content)]

    among_files = check_bank(load_files(files(choice("S-1"), choice("s-1", stem="Who?"))))
    beside_stored = check_bank(load_files(files(choice("S-1"))), stored)

    assert len(among_files.unusable) == 1
    assert "not by capital letters alone" in str(among_files.unusable[0])
    assert "differs from s-1, which is in the bank" in str(beside_stored.unusable[0])


@pytest.mark.parametrize(
    ("items", "rule"),
    [
        ([choice(area="nowhere")], "unknown_area"),
        ([choice(level="nowhere")], "unknown_level"),
        ([choice(enemies=["S-9"])], "unknown_enemies"),
        ([choice(enemies=["S-2"]), item("S-2", "short_text")], "one_sided_enemies"),
        ([choice(), choice("S-2")], "repeated_items"),
        ([choice(options=options("One", "Two", "All of the above"))], "catch_all_options"),
        ([choice(options=options("One", "Two", "None of these."))], "catch_all_options"),
        ([choice(options=options("One", "Two", "Both A and B"))], "catch_all_options"),
        (
            [choice(options=options("A long answer with every condition", "Short", "Brief"))],
            "length_gives_key_away",
        ),
    ],
)
def test_what_no_candidate_must_see_is_an_error(items, rule):
    """
    Each breach keeps the item out of forms and is told under the rule's name.
    """
    report = check(*items)

    assert {found.rule for found in report.errors} == {rule}


@pytest.mark.parametrize(
    ("items", "rule"),
    [
        ([choice(stem="A box is an", options=options("orange", "apple", "pear"))], "article_clue"),
        (
            [
                choice(
                    stem="What happens to the median?",
                    options=options("The median stays", "It rises a bit", "It falls a bit"),
                )
            ],
            "word_clue",
        ),
        (
            [choice(options=options("Yes", "Only when all are alike", "Never in any of these"))],
            "short_key_stands_out",
        ),
        ([item("S-1", "multiple_response", stem="Which are right?")], "unsaid_number"),
    ],
)
def test_what_an_author_should_judge_is_a_warning(items, rule):
    """
    A possible clue is pointed out and refuses nothing.
    """
    report = check(*items)

    assert report.errors == ()
    assert rules(report) == {rule}


@pytest.mark.parametrize(
    "texts", [("100", "5", "7"), ("A longer one", "Longer, two", "Longest of them")]
)
def test_small_differences_of_length_are_left_alone(texts):
    """
    Numbers, and keys that are a little longer, give nothing away.
    """
    report = check(choice(options=options(*texts)))

    assert rules(report) == set()


def test_items_that_are_nearly_the_same_are_pointed_out_unless_they_are_enemies():
    """
    A copied item with one word changed is found; a declared enemy is known already.
    """
    long = "A shop counts its visitors on each day of one week and writes all numbers down."
    twins = [choice(stem=long), choice("S-2", stem=long.replace("shop", "library"))]
    enemies = [{**twins[0], "enemies": ["S-2"]}, {**twins[1], "enemies": ["S-1"]}]

    assert rules(check(*twins)) == {"nearly_repeated_items"}
    assert rules(check(*enemies)) == set()


def test_a_bank_where_the_longest_option_pays_is_pointed_out():
    """
    Keys that are the longest in every item are far from chance, and the figures say so.
    """
    texts = options("A rather long answer", "A short answer", "A short reply", "A short word")
    items = [choice(f"S-{n}", stem=f"Which of {n}?", options=texts) for n in range(20)]

    report = check(*items)

    assert "longest_option_pays" in rules(report)
    assert (report.key_length.n_items, report.key_length.observed) == (20, 20.0)
    assert report.key_length.expected == pytest.approx(5.0)


def test_equally_long_options_share_the_count():
    """
    A key among two equally long longest options counts a half.
    """
    report = check(choice(options=options("four", "five", "six")))

    assert report.key_length.observed == pytest.approx(0.5)
    assert report.key_length.expected == pytest.approx(1 / 3)


def test_a_key_that_always_stands_first_is_pointed_out():
    """
    With a fixed order the place of the key is a clue, and the report counts the places.
    """
    items = [
        choice(f"S-{n}", stem=f"Which of {n}?", shuffle=False, options=options("x", "y", "z", "w"))
        for n in range(30)
    ]

    report = check(*items)

    assert "unbalanced_positions" in rules(report)
    assert report.key_positions == {1: 30}


def test_new_items_are_compared_with_those_in_the_bank():
    """
    An item that says what a stored one says is refused, though only one of them is new.
    """
    stored = [item_version("small", load_files(files(choice("S-0"))).items[0].content)]

    report = check_bank(load_files(files(choice("S-1"))), stored)

    assert [found.rule for found in report.errors] == ["repeated_items"]


def test_an_unused_figure_is_pointed_out():
    """
    A figure that no item shows is probably a mistake.
    """
    report = check(choice())

    assert [found.rule for found in report.warnings] == ["unused_files"]


def test_the_sample_bank_keeps_every_rule():
    """
    The bank that newcomers copy from has no error, and its longest options do not pay.
    """
    loaded = load_folder(SAMPLE_BANK)

    report = check_bank(loaded)

    assert loaded.faults == ()
    assert report.errors == ()
    assert report.n_items >= 120
    assert abs(report.key_length.in_deviations) < 2


def test_a_formula_without_words_is_pointed_out_in_another_language():
    """
    Formulas are read aloud in English, unless the author says how; in an English bank that is fine.
    """
    bare, said = r"Was ist \(\bar{x}\)?", r"Was ist \(\bar{x} \spoken{x quer}\)?"
    found = {}

    for language in ("de", "en-GB"):
        for stem in (bare, said):
            sent = files(choice(stem=stem), bank={**BANK, "language": language})
            found[language, stem] = "formula_without_words" in rules(check_bank(load_files(sent)))

    assert found == {
        ("de", bare): True,
        ("de", said): False,
        ("en-GB", bare): False,
        ("en-GB", said): False,
    }


def test_an_alternative_that_only_repeats_the_caption_is_pointed_out():
    """
    Whoever cannot see a figure has read its caption already.
    """
    same = {"figure": {"file": "figures/line.svg", "alt": "A line.", "caption": "A line"}}

    report = check(choice(stimulus=[same]))

    assert "alternative_repeats_caption" in rules(report)
    assert "alternative_repeats_caption" not in rules(check(choice(stimulus=[figure()])))


def found_in(part: dict[str, Any]) -> set[str]:
    """The rules that find something in an item with this above its question."""
    media = {"recordings/a.wav": wav(), "videos/b.webm": webm(), "subtitles/b.vtt": subtitles()}
    loaded = load_files({**files(choice(stimulus=[part])), **media})
    assert loaded.faults == ()
    return rules(check_bank(loaded))


def test_a_video_without_words_keeps_an_item_out():
    """
    Subtitles or a transcript: whoever cannot hear it needs one of them.
    """
    video = {"file": "videos/b.webm"}

    assert found_in({"video": video}) == {"video_without_words"}
    assert found_in({"video": {**video, "transcript": "A street."}}) == set()
    assert found_in({"video": {**video, "subtitles": {"file": "subtitles/b.vtt"}}}) == set()


def test_an_alternative_that_is_too_long_to_be_heard_asks_for_a_description():
    """
    It is heard in one go; a description is read line by line.
    """
    long = {"figure": {**figure()["figure"], "alt": "It rises. " * 26}}

    assert found_in(long) == {"long_alternative"}
    assert found_in(figure()) == set()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"show_transcript": False}, "there is nothing to read"),
        ({}, "can be read without limit"),
    ],
)
def test_a_limit_on_playing_is_pointed_out(more, says):
    """
    It shuts somebody out, or the words beside it undo it; either way somebody judges it.
    """
    audio = {"file": "recordings/a.wav", "transcript": "Hello.", "plays": 2, **more}
    loaded = load_files({**files(choice(stimulus=[{"audio": audio}])), "recordings/a.wav": wav()})

    [warned] = [one for one in check_bank(loaded).warnings if one.rule == "limited_plays"]

    assert says in warned.fault.what


def test_a_stem_and_a_key_that_disagree_on_how_many_are_refused():
    """
    "Choose two." with three right options cannot be answered rightly.
    """
    stem, texts = "Which are measures of spread? Choose two.", options("x", "y", "z", "w")

    three = item("S-1", "multiple_response", stem=stem, options=texts, key=["a", "b", "c"])

    assert "other_number" in {found.rule for found in check(three).errors}


def test_the_length_of_a_formula_is_what_a_candidate_sees():
    """
    TeX is longer than what it draws, and gives no key away.
    """
    texts = options(r"\(\frac{\sum_{i=1}^{n} x_i}{n}\)", "twelve signs", "twelve sign2", "twelve 3")

    assert "length_gives_key_away" not in rules(check(choice(options=texts)))


def test_the_likest_item_is_named_among_many_with_its_share():
    """
    Of several that are alike, the one that shares most is named, as counted by sets of runs.
    """
    stem = "A shop counts its visitors on each day of one week and writes all numbers down"
    nearest, farther = f"{stem} then.", f"{stem} and then looks for the day with most."
    report = check(
        choice(stem=f"{stem}."), choice("S-2", stem=nearest), choice("S-3", stem=farther)
    )

    found = [one.fault.what for one in report.findings if one.rule == "nearly_repeated_items"]

    assert any("with S-2" in what for what in found)


@pytest.mark.parametrize(("n_right", "found"), [(2, set()), (3, {"everything_pays"})])
def test_points_for_choosing_every_option_are_pointed_out(n_right, found):
    """
    Right less wrong is positive for all options together when most of them are right.
    """
    report = check(
        item(
            "S-1",
            "multiple_response",
            stem=f"Which of these? Choose {n_right}.",
            options=options("One", "Two", "Three", "Four"),
            key=["a", "b", "c"][:n_right],
            scoring={"rule": "per_right_option", "deduction": True},
        )
    )

    assert rules(report) == found
    assert not report.errors
