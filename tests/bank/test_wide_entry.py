"""Items as other systems write them come in, keep their digests, and are judged afterwards."""

import pytest

from examengine.bank import ITEM_TYPES, check_bank, item_version
from examengine.bank.formats import load_files
from examengine.bank.formats._writing import file_stem, item_id_of
from examengine.bank.inline_text import paragraphs
from tests.bank.small_bank import BANK, as_yaml, files, item

BARE = ("area", "level", "seconds", "enemies", "provenance")
"""What an item of another system seldom says."""


def without(content: dict, *names: str) -> dict:
    """An item that leaves fields unsaid."""
    return {name: value for name, value in content.items() if name not in names}


def bare(item_id: str, item_type: str, **changes) -> dict:
    """An item that says what is needed to sit it, and nothing else."""
    return unexplained(without(item(item_id, item_type, **changes), *BARE, "errors"))


def unexplained(value):
    """A value without a rationale anywhere in it."""
    if isinstance(value, dict):
        return {name: unexplained(one) for name, one in value.items() if name != "rationale"}
    return [unexplained(one) for one in value] if isinstance(value, list) else value


def named(file: str, content: dict) -> dict[str, bytes]:
    """The files of a bank of one item, whose file has a name of its own."""
    return {**files(), f"items/{file}.yaml": as_yaml(content)}


def rules(report) -> set[str]:
    """The rules that found something in the items."""
    return {found.rule for found in report.findings if found.item_id}


@pytest.mark.parametrize("item_type", ITEM_TYPES)
def test_an_item_that_says_only_what_is_needed_comes_in_with_findings(item_type):
    """
    It can be shown, answered, marked and explained; what it leaves unsaid is pointed out.
    """
    loaded = load_files(files(bare("S-1", item_type)))
    report = check_bank(loaded)
    content = loaded.items[0].content
    version = item_version("small", content)

    kind = ITEM_TYPES[item_type]
    assert loaded.faults == ()
    assert report.unusable == ()
    assert report.errors == ()
    assert {"missing_area", "missing_seconds", "missing_provenance"} <= rules(report)
    assert {"missing_rationale"} <= rules(report)
    assert (version.area, version.level, version.seconds) == ("", "", 60)
    if not kind.by_person:
        assert kind.points(content, kind.key_response(content)) == kind.most_points(content)
    assert all(answer.rationale == "" for answer in kind.explanations(content))
    assert kind.present(content, ())["stem"]


@pytest.mark.parametrize(
    ("item_id", "stem"),
    [
        ("i5f1a_ITEM.2:b-7", "i5f1a_ITEM.2%3Ab-7"),
        ("_q1", "_q1"),
        ("CON", "%43ON"),
        ("nul.1", "%6Eul.1"),
        ("Q1.", "Q1%2E"),
        ("x" * 128, "x" * 128),
    ],
)
def test_an_id_of_another_system_names_a_file_on_every_machine(item_id, stem):
    """
    What a file system may refuse is written so that it can be read back.
    """
    assert file_stem(item_id) == stem
    assert item_id_of(stem) == item_id

    loaded = load_files(named(stem, item(item_id, "single_choice")))

    assert loaded.faults == ()
    assert loaded.items[0].id == item_id


@pytest.mark.parametrize("item_id", ["", "a/b", "../x", "a b", "x" * 129, "é", "-x", "a\n"])
def test_an_id_that_could_be_an_address_or_nothing_is_refused(item_id):
    """
    A slash, a space, letters that look like others: each is told what an id is made of.
    """
    loaded = load_files(named("S-1", item(item_id, "single_choice")))

    assert any(fault.where == "id" for fault in loaded.faults)


def test_options_have_the_ids_of_their_system():
    """
    Capital letters, underscores and long names are kept as they are.
    """
    ids = ["ID_4c7f-1", "i2.A", "choice:3"]
    options = [{"id": one, "text": f"Text {one}"} for one in ids]
    loaded = load_files(files(bare("S-1", "single_choice", options=options, key="i2.A")))

    content = loaded.items[0].content
    kind = ITEM_TYPES["single_choice"]
    assert loaded.faults == ()
    assert kind.points(content, kind.read(content, "i2.A")) == 1


@pytest.mark.parametrize(
    ("ids", "where"),
    [(["a", "A"], "options[1].id"), (["x y", "b"], "options[0].id"), (["", "b"], "options[0].id")],
)
def test_ids_that_cannot_be_told_apart_are_refused(ids, where):
    """
    Two options whose ids differ in capital letters alone are one for many readers.
    """
    options = [{"id": one, "text": f"Text {place}"} for place, one in enumerate(ids)]
    loaded = load_files(files(bare("S-1", "single_choice", options=options, key="b")))

    assert where in [fault.where for fault in loaded.faults]


def test_two_options_are_enough_and_pointed_out():
    """
    True and false can be asked; that a guess is right half of the time is said.
    """
    options = [{"id": "true", "text": "True"}, {"id": "false", "text": "False"}]
    report = check_bank(
        load_files(files(bare("S-1", "single_choice", options=options, key="true")))
    )

    assert "few_options" in rules(report)
    assert report.errors == ()


def choice(*ids: str, key: str | list[str], item_type: str = "single_choice") -> dict:
    """An item with these option ids."""
    options = [{"id": one, "text": f"Text {place}"} for place, one in enumerate(ids)]
    return item("S-1", item_type, options=options, key=key)


def pairs(**key: str) -> dict:
    """A matching item with this key."""
    prompts = [{"id": one, "text": f"Prompt {one}"} for one in key]
    options = [{"id": one, "text": f"Text {one}"} for one in sorted({*key.values(), "z9"})]
    return item("S-1", "matching", prompts=prompts, options=options, key=key)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (choice("key", "d1", "d2", key="key"), "telling_ids"),
        (choice("x_correct", "x_b", "x_c", key="x_correct"), "telling_ids"),
        (choice("a1", "d1", "d2", key="a1"), "telling_ids"),
        (
            choice("r1", "r2", "w1", "w2", key=["r1", "r2"], item_type="multiple_response"),
            "telling_ids",
        ),
        (choice("s1", "s2", "s10", key=["s1", "s2", "s10"], item_type="ordering"), "telling_order"),
        (
            {**choice("b", "a", "c", key=["b", "a", "c"], item_type="ordering"), "shuffle": False},
            "telling_order",
        ),
        (pairs(p1="o1", p2="o2", p3="o3"), "telling_pairs"),
        (
            item(
                "S-1",
                "single_choice",
                options=[{"id": one, "text": "The same"} for one in "abc"],
                key="a",
            ),
            "repeated_options",
        ),
    ],
)
def test_what_the_source_of_a_page_would_tell_keeps_an_item_from_candidates(content, rule):
    """
    Ids stand in the page; those that tell the key, an order or a pair are errors.
    """
    report = check_bank(load_files(files(content)))

    assert rule in {found.rule for found in report.errors}


@pytest.mark.parametrize(
    "content",
    [
        choice("a", "b", "c", key="a"),
        choice("A1", "A2", "A3", key="A2"),
        choice("c1", "c2", "c3", key=["c1", "c3"], item_type="multiple_response"),
        choice("s1", "s2", "s3", key=["s2", "s1", "s3"], item_type="ordering"),
        pairs(p1="o2", p2="o1", p3="o3"),
        pairs(p1="b", p2="a", p3="c"),
    ],
)
def test_ids_that_tell_nothing_are_left_alone(content):
    """
    Letters and numbers in an order of no meaning give nothing away.
    """
    report = check_bank(load_files(files(content)))

    assert not {found.rule for found in report.errors} & {
        "telling_ids",
        "telling_order",
        "telling_pairs",
    }


def test_a_bank_needs_neither_areas_nor_levels():
    """
    A quiz of twelve items is a bank, too.
    """
    words = {name: BANK[name] for name in BANK if name not in {"content_areas", "cognitive_levels"}}
    loaded = load_files(files(bare("S-1", "single_choice"), bank=words))

    assert loaded.faults == ()
    assert "missing_area" not in rules(check_bank(loaded))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Say:\n- one\n- two", "<p>Say:</p>\n<ul><li>one</li><li>two</li></ul>"),
        ("1. one\n2. two", "<ol><li>one</li><li>two</li></ol>"),
        ("3) one\n4) two\n\nThen?", '<ol start="3"><li>one</li><li>two</li></ol>\n<p>Then?</p>'),
        ("- one\n  goes on\n- *two*", "<ul><li>one goes on</li><li><em>two</em></li></ul>"),
        ("• <b>\n• two", "<ul><li>&lt;b&gt;</li><li>two</li></ul>"),
        ("- 5 is less\nthan 3", "<p>- 5 is less than 3</p>"),
        ("It was in\n1990. Then", "<p>It was in 1990. Then</p>"),
        ("-5\n-6", "<p>-5 -6</p>"),
        ("one\ntwo", "<p>one two</p>"),
    ],
)
def test_lists_in_a_text_are_lists(text, html):
    """
    Two lines that begin alike are a list; one alone is words, and nothing becomes markup.
    """
    assert str(paragraphs(text)) == html


def test_what_authors_find_an_item_by_is_kept_and_never_shown():
    """
    A title, tags and a rationale come in with any item, and no template is given them.
    """
    own = {"title": "Umbrellas II", "tags": ["trade", "week 3"], "rationale": "Ten of twenty."}
    for item_type in ITEM_TYPES:
        loaded = load_files(files(item("S-1", item_type, **own)))
        [read] = loaded.items

        assert loaded.faults == ()
        assert {name: read.content[name] for name in own} == own
        shown = str(ITEM_TYPES[item_type].present(read.content, ()))
        assert not any(word in shown for word in ("Umbrellas II", "week 3", "Ten of twenty"))


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"tags": "trade"}, "tags"),
        ({"tags": [""]}, "tags[0]"),
        ({"tags": ["x"] * 51}, "tags"),
        ({"title": 7}, "title"),
        ({"rationale": "\x07"}, "rationale"),
    ],
)
def test_what_is_no_title_or_tag_is_refused(changes, where):
    """
    A fault names the field.
    """
    loaded = load_files({**files(), "items/S-1.yaml": as_yaml(item("S-1", "matching", **changes))})

    assert any(fault.where in {where, ""} for fault in loaded.faults)


def test_lines_of_code_keep_their_lines_and_blanks():
    """
    Between two lines of three grave accents nothing is a mark, and nothing is joined.
    """
    text = "What is printed?\n\n```\nfor x in y:\n    print(*x*)\n\nprint(`2`)\n```\nSay it."

    assert str(paragraphs(text)) == (
        "<p>What is printed?</p>\n<pre><code>for x in y:\n    print(*x*)\n\n"
        "print(`2`)</code></pre>\n"
        "<p>Say it.</p>"
    )
    assert str(paragraphs("```\nopen <b>")) == "<p>``` open &lt;b&gt;</p>"
