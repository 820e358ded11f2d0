"""What responses are worth under each scoring rule: worked by hand, and by slow, obvious twins."""

from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examengine.bank import ITEM_TYPES, Content
from examengine.bank.item_file import item_faults
from tests.bank.small_bank import item

CHOICE, SEVERAL = ITEM_TYPES["single_choice"], ITEM_TYPES["multiple_response"]
MATCH, ORDER = ITEM_TYPES["matching"], ITEM_TYPES["ordering"]
NUMBER, WORDS = ITEM_TYPES["numeric_entry"], ITEM_TYPES["short_text"]


def declaring(name: str, **scoring: Any) -> dict[str, Any]:
    """An item of a type that declares a rule."""
    return item("S-1", name, scoring=scoring)


def options(n: int) -> list[dict[str, str]]:
    """So many options."""
    ids = [f"o{number}" for number in range(n)]
    return [{"id": one, "text": f"Text {one}", "rationale": "Why."} for one in ids]


@pytest.mark.parametrize(
    ("chosen", "points"),
    [("c", 3), ("b", 2), ("a", 1), ("d", 0), (None, 0), ("nobody", 0), (["c"], 0)],
)
def test_an_option_has_its_own_points(chosen, points):
    """
    Single choice: what the item grades is worth its points, and all else nothing.
    """
    graded = declaring("single_choice", rule="graded_options", points={"c": 3, "b": 2, "a": 1})

    assert CHOICE.points(graded, chosen) == points


@pytest.mark.parametrize(
    ("chosen", "points"),
    [(["a", "d"], 2), (["a"], 1), (["a", "b", "d"], 1), (["a", "b"], 0), (["b", "c"], 0)],
)
def test_a_wrong_option_takes_a_point_away_and_never_more_than_there_are(chosen, points):
    """
    Multiple response with a deduction: right less wrong, and never below nothing.
    """
    deducting = declaring("multiple_response", rule="per_right_option", deduction=True)

    assert SEVERAL.points(deducting, chosen) == points


@pytest.mark.parametrize(
    ("chosen", "points"), [(["a", "d"], 2), (["a", "b"], 1), (["a"], 1), (["a", "b", "d"], 0)]
)
def test_without_a_deduction_one_option_too_many_is_worth_nothing(chosen, points):
    """
    Multiple response without a deduction: whoever chooses more than the stem says gets nothing.
    """
    counting = declaring("multiple_response", rule="per_right_option")

    assert SEVERAL.points(counting, chosen) == points


def test_the_number_of_right_options_is_told_only_where_the_stem_tells_it():
    """
    Multiple response with a deduction: up to how many points would say how many are right.
    """
    deducting = declaring("multiple_response", rule="per_right_option", deduction=True)
    silent = {**deducting, "stem": "Which of these are measures of spread?"}

    assert "up to 2 points" in SEVERAL.points_in_words(deducting)
    assert "2" not in SEVERAL.points_in_words(silent)
    assert "less 1 for each wrong one" in SEVERAL.points_in_words(silent)


@given(n=st.integers(3, 8), data=st.data())
def test_choosing_everything_never_pays_more_than_half(n, data):
    """
    Under no rule does ticking all boxes give all points, and by mistakes it gives none.
    """
    n_right = data.draw(st.integers(2, n - 1))
    listed = options(n)
    everything = [one["id"] for one in listed]
    base = item("S-1", "multiple_response", options=listed, key=everything[:n_right])
    most = min(n_right, n - n_right)
    points = sorted(data.draw(st.lists(st.integers(1, 20), min_size=1, max_size=most)))[::-1]

    by_mistakes = {**base, "scoring": {"rule": "by_mistakes", "points": points}}
    deducting = {**base, "scoring": {"rule": "per_right_option", "deduction": True}}

    assert list(SEVERAL.scoring_faults(by_mistakes)) == []
    assert SEVERAL.points(by_mistakes, sorted(everything)) == 0
    assert SEVERAL.points(deducting, sorted(everything)) == max(0, 2 * n_right - n)


@given(st.sets(st.sampled_from("abcd")))
def test_mistakes_are_options_ticked_wrongly_and_left_wrongly(chosen):
    """
    Multiple response by mistakes: the points of as many as differ from the key, one by one.
    """
    kprim = declaring("multiple_response", rule="by_mistakes", points=[2, 1])
    differing = sum((option in chosen) != (option in {"a", "d"}) for option in "abcd")

    assert SEVERAL.points(kprim, sorted(chosen) or None) == {0: 2, 1: 1}.get(differing, 0)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ([3], "up to 3 points: 3 without a mistake."),
        ([2, 1], "2 without a mistake, 1 with 1 mistake."),
        ([2, 2, 1], "2 with at most 1 mistake, 1 with 2 mistakes."),
        ([4, 2, 2, 1], "4 without a mistake, 2 with 1 or 2 mistakes, 1 with 3 mistakes."),
        ([2, 1, 1, 1], "2 without a mistake, 1 with 1 to 3 mistakes."),
        ([1], "up to 1 point: 1 without a mistake."),
    ],
)
def test_what_mistakes_cost_is_said_in_one_sentence(points, said):
    """
    By mistakes: numbers that give the same points are said together.
    """
    assert said in ORDER.points_in_words(declaring("ordering", rule="by_mistakes", points=points))


@given(st.dictionaries(st.sampled_from(["p1", "p2", "p3", "p9"]), st.sampled_from("abcdz")))
def test_each_pair_counts_by_itself(response):
    """
    Matching: a point for each prompt with its option; open, unknown and wrong ones are the same.
    """
    pairs = declaring("matching", rule="per_right_pair")
    stepped = declaring("matching", rule="by_mistakes", points=[5, 2])
    right = [response.get("p1") == "b", response.get("p2") == "a", response.get("p3") == "c"]

    assert MATCH.points(pairs, response) == sum(right)
    assert MATCH.points(stepped, response) == {3: 5, 2: 2}.get(sum(right), 0)


def test_places_and_neighbours_are_counted_like_by_hand():
    """
    Ordering, every order of four: places one by one, neighbours as pairs of letters found in it.
    """
    places = declaring("ordering", rule="per_right_place")
    neighbours = declaring("ordering", rule="per_right_neighbour")
    key = "bdac"

    for order in permutations(key):
        written = "".join(order)
        assert ORDER.points(places, list(order)) == sum(map(str.__eq__, written, key))
        assert ORDER.points(neighbours, list(order)) == sum(
            pair in written for pair in ("bd", "da", "ac")
        )


@pytest.mark.parametrize(
    ("response", "places", "neighbours"),
    [
        (["b", None, "a", None], 2, 0),
        ([None, "b", "d", None], 0, 1),
        ({"b": 1, "d": 2, "a": 2}, 1, 0),
        ({"b": 1, "d": 1, "a": 1, "c": 1}, 0, 0),
        (["b", "b", "b", "b"], 0, 0),
        (["b", "d", "b", "d"], 0, 0),
        (["b", "d", "a", "c", "b"], 3, 2),
        ({"b": 1, "d": 2.0, "a": "3"}, 1, 0),
        ([["b"], {"d": 1}, "a", "c"], 2, 1),
        ("bdac", 0, 0),
    ],
)
def test_an_order_with_gaps_or_repeats_is_worth_what_is_plain_in_it(response, places, neighbours):
    """
    Ordering: an option at two places, or two at one, are nowhere; a gap parts neighbours.
    """
    assert ORDER.points(declaring("ordering", rule="per_right_place"), response) == places
    assert ORDER.points(declaring("ordering", rule="per_right_neighbour"), response) == neighbours


GRADED = [
    {"accept": ["middle value"], "points": 2, "rationale": "Says what it is."},
    {"accept": ["Middle", "centre"], "points": 1, "rationale": "Names where it lies."},
]


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("median", 3),
        ("  The MEDIAN. ", 3),
        ("middle  value", 2),
        ("middle", 1),
        ("“Centre”", 1),
        ("mean", 0),
        ("medium", 0),
        ("", 0),
        (".", 0),
        (3, 0),
    ],
)
def test_a_typed_answer_gets_the_points_of_its_list(typed, points):
    """
    Short text: the small differences of writing that do not count for the key count nowhere.
    """
    graded = declaring("short_text", rule="graded_answers", points=3, answers=GRADED)

    assert list(item_faults(graded)) == []
    assert WORDS.points(graded, typed) == points


def test_a_mistake_that_is_listed_is_worth_nothing_however_like_a_graded_answer():
    """
    Short text: what `errors` spells out stays wrong beside a graded answer that differs in case.
    """
    errors = [{"value": "MIDDLE", "rationale": "Shouted."}]
    scoring = {"rule": "graded_answers", "points": 3, "answers": GRADED}
    graded = item("S-1", "short_text", errors=errors, scoring=scoring)

    assert WORDS.points(graded, "MIDDLE") == 0
    assert WORDS.points(graded, "middle") == 1


BANDS = [
    {"from": "12", "to": "13", "points": 2, "rationale": "Rounded."},
    {"from": "-5", "to": "100", "points": 1, "rationale": "Of the right size."},
]


@pytest.mark.parametrize(
    ("typed", "points"),
    [
        ("12.5", 3),
        ("12,55", 3),
        ("12,551", 2),
        ("12", 2),
        ("13 %", 2),
        ("13." + "0" * 40 + "1", 1),
        ("−5", 1),
        ("-5.01", 0),
        ("1e2", 1),
        ("about 12", 0),
        ("", 0),
        (12.5, 0),
    ],
)
def test_a_number_gets_the_points_of_the_best_band_it_lies_in(typed, points):
    """
    Numeric entry: bounds included, exact however many digits, the key before any band.
    """
    errors = [{"value": "200", "rationale": "a"}, {"value": "-10", "rationale": "b"}]
    scoring = {"rule": "bands", "points": 3, "bands": BANDS}
    banded = item("S-1", "numeric_entry", errors=errors, scoring=scoring)

    assert list(item_faults(banded)) == []
    assert NUMBER.points(banded, typed) == points


def test_a_number_that_can_be_read_in_two_ways_gets_the_better():
    """
    Numeric entry: of two readings that both count the candidate is given the one worth more.
    """
    key = {"value": "1200", "tolerance": "0"}
    bands = [{"from": "1.1", "to": "1.3", "points": 1, "rationale": "In thousands."}]
    errors = [{"value": "7", "rationale": "a"}, {"value": "8", "rationale": "b"}]
    scoring = {"rule": "bands", "points": 2, "bands": bands}
    banded = item("S-1", "numeric_entry", key=key, errors=errors, scoring=scoring)

    assert [NUMBER.points(banded, typed) for typed in ("1,200", "1.2", "1200")] == [2, 1, 2]


GRADE = {"accept": ["middle value"], "points": 1, "rationale": "Why."}
BAND = {"from": "12", "to": "13", "points": 1, "rationale": "Why."}
REFUSED = [
    ("single_choice", "all_or_nothing", "scoring", "must name one of all_or_nothing, graded"),
    ("single_choice", {"rule": "per_right_pair"}, "scoring.rule", "must name one of"),
    ("single_choice", {"rule": ["bands"]}, "scoring.rule", "must name one of"),
    ("single_choice", {"rule": "graded_options"}, "scoring.points", "must give options"),
    (
        "single_choice",
        {"rule": "graded_options", "points": {"c": 2}},
        "scoring.points",
        "one other",
    ),
    (
        *("single_choice", {"rule": "graded_options", "points": {"c": 2, "x": 1}}),
        *("scoring.points.x", "is no field that is read here"),
    ),
    (
        *("single_choice", {"rule": "graded_options", "points": {"c": 2, "b": 3}}),
        *("scoring.points.b", "is worth 3; at most the key's 2"),
    ),
    (
        *("single_choice", {"rule": "graded_options", "points": {"c": 2, "b": 0.5}}),
        *("scoring.points.b", "must be whole points from 1 to 20"),
    ),
    (
        *("single_choice", {"rule": "graded_options", "points": {"b": 1, "a": 1}}),
        *("scoring.points.c", "must be whole points"),
    ),
    (
        *(
            "single_choice",
            {"rule": "graded_options", "points": dict.fromkeys("cabd", 1) | {"c": 5}},
        ),
        *("scoring.points", "leave at least one out"),
    ),
    (
        *("multiple_response", {"rule": "per_right_option", "deduction": 1}),
        *("scoring.deduction", "is neither true nor false"),
    ),
    ("multiple_response", {"rule": "by_mistakes"}, "scoring.points", "must list whole points"),
    (
        *("multiple_response", {"rule": "by_mistakes", "points": [1, 2]}),
        *("scoring.points", "must not rise"),
    ),
    (
        *("multiple_response", {"rule": "by_mistakes", "points": [3, 2, 1]}),
        *("scoring.points", "gives points for 2 mistakes; an answer that shows nothing has 2"),
    ),
    (
        *("multiple_response", {"rule": "by_mistakes", "points": [21]}),
        *("scoring.points", "whole points from 20 down to 1"),
    ),
    (
        *("matching", {"rule": "by_mistakes", "points": [True]}),
        *("scoring.points", "must list whole points"),
    ),
    ("matching", {"rule": "per_right_pair", "deduction": True}, "scoring.deduction", "no field"),
    ("ordering", {"rule": "bands"}, "scoring.rule", "per_right_neighbour"),
    (
        *("short_text", {"rule": "graded_answers", "points": 1, "answers": [GRADE]}),
        *("scoring.points", "must be whole points from 2 to 20"),
    ),
    (
        *("short_text", {"rule": "graded_answers", "points": 2, "answers": []}),
        *("scoring.answers", "must list 1 to 50 answers"),
    ),
    (
        *("short_text", {"rule": "graded_answers", "points": 2, "answers": ["middle"]}),
        *("scoring.answers[0]", "is no mapping"),
    ),
    (
        "short_text",
        {"rule": "graded_answers", "points": 2, "answers": [{**GRADE, "points": 2}]},
        *("scoring.answers[0].points", "must be whole points from 1 to 1"),
    ),
    (
        "short_text",
        {"rule": "graded_answers", "points": 2, "answers": [{**GRADE, "accept": ["MEDIAN."]}]},
        *("scoring.answers[0].accept[0]", "is taken already, in key.accept"),
    ),
    (
        *("short_text", {"rule": "graded_answers", "points": 2, "answers": [GRADE, GRADE]}),
        *("scoring.answers[1].accept[0]", "is taken already, in scoring.answers[0]"),
    ),
    (
        "short_text",
        {"rule": "graded_answers", "points": 2, "answers": [{**GRADE, "accept": ["mean"]}]},
        *("scoring.answers[0].accept[0]", "is among the errors as well"),
    ),
    (
        "short_text",
        {"rule": "graded_answers", "points": 2, "answers": [{**GRADE, "accept": ["…"]}]},
        *("scoring.answers[0].accept[0]", "holds no sign that counts"),
    ),
    (
        *("numeric_entry", {"rule": "bands", "points": 2, "bands": "12-13"}),
        *("scoring.bands", "must list 1 to 20 bands"),
    ),
    (
        *("numeric_entry", {"rule": "bands", "points": 2, "bands": [{**BAND, "from": 12}]}),
        *("scoring.bands[0].from", "write a decimal number in quotes"),
    ),
    (
        *("numeric_entry", {"rule": "bands", "points": 2, "bands": [{**BAND, "from": "14"}]}),
        *("scoring.bands[0].from", "is greater than to, 13; exchange the two"),
    ),
    (
        "numeric_entry",
        {"rule": "bands", "points": 2, "bands": [{**BAND, "from": "12.49", "to": "12.5"}]},
        *("scoring.bands[0]", "holds only what is right by the key"),
    ),
    (
        *("numeric_entry", {"rule": "bands", "points": 2, "bands": [{**BAND, "from": "11"}]}),
        *("errors[1].value", "lies in a band and would be worth 1"),
    ),
]


@pytest.mark.parametrize(("name", "scoring", "where", "what"), REFUSED)
def test_a_declaration_that_cannot_be_used_says_where_and_what_would_be_right(
    name, scoring, where, what
):
    """
    Each fault of a declaration names its field and says what would be right.
    """
    [fault] = item_faults(item("S-1", name, scoring=scoring))

    assert fault.where == where
    assert what in fault.what


def test_without_a_deduction_the_stem_says_how_many_to_choose():
    """
    Multiple response: a candidate who must not choose too many has to know how many that is.
    """
    scoring = {"rule": "per_right_option"}
    silent = item("S-1", "multiple_response", stem="Which are measures of spread?", scoring=scoring)

    [fault] = item_faults(silent)

    assert fault.where == "scoring.deduction"
    assert 'write "Choose 2."' in fault.what


def test_a_point_for_each_of_too_many_parts_is_refused():
    """
    However many options a bank may list, one item gives no more points than can be estimated.
    """
    listed = options(30)
    many: Content = {
        "options": listed,
        "key": [one["id"] for one in listed][::-1],
        "scoring": {"rule": "per_right_place"},
    }

    [fault] = ORDER.scoring_faults(many)

    assert fault.where == "scoring.rule"
    assert "would give 30 points, and 20 are the most; use by_mistakes" in fault.what


def test_what_is_not_written_for_points_is_told_first():
    """
    An item with another fault is told that one; its declaration is checked once it is mended.
    """
    broken = item("S-1", "matching", key="none", scoring={"rule": "per_right_pair"})

    assert [fault.where for fault in item_faults(broken)] == ["key"]


WEIGHTS = {"a": 2, "d": 1, "b": -1}


@pytest.mark.parametrize(
    ("chosen", "points"),
    [
        *((["a", "d"], 3), (["a"], 2), (["a", "b"], 1), (["b", "c"], 0), (["d", "b"], 0)),
        *((["a", "b", "c", "d"], 2), (None, 0), ("a", 0)),
    ],
)
def test_options_have_weights_that_add_up_and_never_fall_below_nothing(chosen, points):
    """
    Multiple response: what is chosen adds up, a wrong option takes away, and the floor is 0.
    """
    weighted = declaring("multiple_response", rule="weighted_options", points=WEIGHTS)

    assert SEVERAL.points(weighted, chosen) == points


@pytest.mark.parametrize(("chosen", "points"), [(["a"], 2), (["a", "d"], 2), (["d"], 1)])
def test_weights_add_up_to_the_most_and_no_further(chosen, points):
    """
    Multiple response: where one option is enough for all points, another gives none on top.
    """
    scoring = {"rule": "weighted_options", "points": {"a": 2, "d": 1}, "most": 2}
    weighted = item("S-1", "multiple_response", scoring=scoring)

    assert list(item_faults(weighted)) == []
    assert SEVERAL.most_points(weighted) == 2
    assert SEVERAL.points(weighted, chosen) == points


@pytest.mark.parametrize(
    ("scoring", "says"),
    [
        ({"points": {"a": 1}}, "must give points to the options of the key"),
        ({"points": {"a": 1, "d": 1, "b": 1}}, "must give points to the options of the key"),
        ({"points": {"a": 1, "d": 0}}, "and not 0"),
        ({"points": {"a": 1, "d": True}}, "and not 0"),
        ({"points": {"a": 20, "d": 20}}, "add up to more than 20"),
        ({"points": {"a": 1, "d": 1}, "most": 3}, "whole points from 1 to 2"),
        ({}, "must give options their points"),
    ],
)
def test_weights_that_cannot_be_kept_are_refused(scoring, says):
    """
    Points go to the key alone, and the most can be reached.
    """
    weighted = declaring("multiple_response", rule="weighted_options", **scoring)

    assert says in "\n".join(fault.what for fault in item_faults(weighted))


def test_the_weights_do_not_tell_how_many_options_are_right():
    """
    The most that a question gives is said only where the stem says how many to choose.
    """
    weighted = declaring("multiple_response", rule="weighted_options", points=WEIGHTS)
    silent = {**weighted, "stem": "Which of these are measures of spread?"}

    assert "up to 3 points" in SEVERAL.points_in_words(weighted)
    assert not any(sign.isdigit() and sign != "0" for sign in SEVERAL.points_in_words(silent))
    assert "can take points away" in SEVERAL.points_in_words(silent)


MATCHES = [
    {"match": "Frog", "points": 2},
    {"match": "*cat*", "points": 1, "rationale": "Near."},
    {"match": "*", "points": 0},
]


@pytest.mark.parametrize(
    ("typed", "points"),
    [("frog", 2), (" Frog", 2), ("frog.", 0), ("a cat and a frog", 1), ("dog", 0), (None, 0)],
)
def test_the_first_pattern_that_matches_gives_its_points(typed, points):
    """
    Short text by patterns: sign by sign, in the order of the list.
    """
    matched = item(
        "S-1",
        "short_text",
        key={"accept": ["Frog"]},
        errors=[],
        scoring={"rule": "first_match", "answers": MATCHES},
    )

    assert list(item_faults(matched)) == []
    assert WORDS.points(matched, typed) == points
    assert WORDS.echo(matched, "frog.") is None


@pytest.mark.parametrize(
    ("answers", "accept", "says"),
    [
        ([{"match": "a", "points": 0}], ["a"], "must repeat the patterns"),
        ([{"match": "a", "points": 1}], ["b"], "must repeat the patterns"),
        ([{"match": "*", "points": 1}, {"match": "a", "points": 2}], ["a"], "another pattern"),
        ([{"match": "a", "points": -1}], ["a"], "whole points from 0"),
        ([{"match": "", "points": 1}], ["a"], "write what is typed"),
        ([], ["a"], "must list 1 to 50 answers"),
    ],
)
def test_patterns_that_cannot_be_kept_are_refused(answers, accept, says):
    """
    The key must be what gives the most, and no earlier pattern may take it.
    """
    scoring = {"rule": "first_match", "answers": answers}
    matched = item("S-1", "short_text", key={"accept": accept}, errors=[], scoring=scoring)

    assert says in "\n".join(fault.what for fault in item_faults(matched))


def test_several_options_and_several_numbers_may_give_everything():
    """
    Single choice and numeric entry: two right answers are worth the same, and it is said so.
    """
    options_alike = declaring("single_choice", rule="graded_options", points={"c": 1, "b": 1})
    bands = [{"from": "20", "to": "20", "points": 1}]
    numbers = declaring("numeric_entry", rule="bands", points=1, bands=bands)

    assert list(item_faults(options_alike)) == list(item_faults(numbers)) == []
    assert [CHOICE.points(options_alike, one) for one in "abc"] == [0, 1, 1]
    assert [NUMBER.points(numbers, one) for one in ("12.5", "20", "21")] == [1, 1, 0]
    assert CHOICE.points_in_words(options_alike).endswith("for a right option.")
    assert NUMBER.points_in_words(numbers).endswith("for a right number.")


def test_answers_partly_right_need_no_rationale():
    """
    A bank from elsewhere seldom says why; the lint does.
    """
    answers = [{"accept": ["middle value"], "points": 1}]
    graded = declaring("short_text", rule="graded_answers", points=2, answers=answers)

    assert list(item_faults(graded)) == []
    assert WORDS.points(graded, "middle value") == 1
    assert all(one.rationale is not None for one in WORDS.explanations(graded))
