"""The format `qti`: items and packages come in or are refused in words, and go out again."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examengine.bank import FORMATS, ITEM_TYPES, item_version
from examengine.bank.formats import Destination, load_files
from examengine.kernel.digest import digest
from tests.bank.media_files import subtitles, wav, webm
from tests.bank.qti.packages import BANK, DRAWING, contents, manifest, package, read, with_link
from tests.bank.qti.small_items import MATCH_CORRECT, SCORE, correct, item_xml, response
from tests.bank.qti.test_qti_type import PER_INTERACTION, interaction, simple_choices
from tests.bank.small_bank import FIGURE, item
from tests.bank.small_bank import files as yaml_files

PROCESSED = f'<qti-response-processing template="{MATCH_CORRECT}"/>'
ORDER = interaction("order", simple_choices("A", "B", "C"), 'shuffle="true"')


def asked(
    body: str, declared: str, identifier: str = "small", processing: str = PROCESSED
) -> bytes:
    """An item around a body."""
    inner = f"{declared}{SCORE}<qti-item-body>{body}</qti-item-body>{processing}"
    return item_xml(inner, identifier=identifier)


def chosen(listed: str, right: str = "A", more: str = 'max-choices="1"', before: str = "") -> bytes:
    """A choice of one."""
    prompt = "<qti-prompt>Which one?</qti-prompt>"
    return asked(
        before + interaction("choice", prompt + listed, more), response(inner=correct(right))
    )


def plain_choices(*names: str) -> str:
    """Choices without limits."""
    return "".join(f'<qti-simple-choice identifier="{n}">Is {n}</qti-simple-choice>' for n in names)


def test_what_means_the_same_becomes_an_item_of_ours():
    """
    Choices, orders and matches that our types say exactly are of these types, with their original.
    """
    sets = (
        '<qti-simple-match-set><qti-simple-associable-choice identifier="P" match-max="1">One'
        '</qti-simple-associable-choice><qti-simple-associable-choice identifier="Q" match-max="1">'
        "Two</qti-simple-associable-choice></qti-simple-match-set><qti-simple-match-set>"
        '<qti-simple-associable-choice identifier="X" match-max="0">Odd'
        '</qti-simple-associable-choice><qti-simple-associable-choice identifier="Y" match-max="0">'
        "Even</qti-simple-associable-choice></qti-simple-match-set>"
    )
    files = {
        "one.xml": chosen(plain_choices("A", "B", "C"), before="<p>Say <em>it</em>.</p>"),
        "many.xml": asked(
            "<p>Which?</p>"
            + interaction("choice", plain_choices("A", "B", "C"), 'max-choices="0"'),
            response("RESPONSE", "multiple", "identifier", correct("A", "C")),
            "many",
        ),
        "order.xml": asked(
            "<p>In which order?</p>"
            + interaction("order", plain_choices("A", "B"), 'shuffle="true"'),
            response("RESPONSE", "ordered", "identifier", correct("B", "A")),
            "order",
        ),
        "match.xml": asked(
            "<p>What is what?</p>" + interaction("match", sets, 'max-associations="0"'),
            response("RESPONSE", "multiple", "directedPair", correct("P X", "Q Y")),
            "match",
        ),
    }

    loaded = read(files)

    found = contents(loaded)
    assert loaded.faults == ()
    assert {name: one["type"] for name, one in found.items()} == {
        "small": "single_choice",
        "many": "multiple_response",
        "order": "ordering",
        "match": "matching",
    }
    assert found["small"]["stem"] == "Say *it*.\n\nWhich one?"
    assert found["small"]["shuffle"] is False
    assert found["many"]["key"] == ["A", "C"]
    assert found["order"]["key"] == ["B", "A"]
    assert found["match"]["key"] == {"P": "X", "Q": "Y"}
    assert found["small"]["original"] == files["one.xml"].decode()


def test_rules_are_tried_and_not_read():
    """
    A mapping by which one option alone scores is a single choice, whatever its score.
    """
    mapping = '<qti-mapping><qti-map-entry map-key="B" mapped-value="10"/></qti-mapping>'
    body = "<p>Which?</p>" + interaction("choice", plain_choices("A", "B"), 'max-choices="1"')
    rules = '<qti-response-processing template="map_response"/>'
    partly = mapping.replace(
        "</qti-mapping>", '<qti-map-entry map-key="A" mapped-value="4"/></qti-mapping>'
    )

    one = contents(read({"a.xml": asked(body, response(inner=mapping), processing=rules)}))["small"]
    two = contents(read({"a.xml": asked(body, response(inner=partly), processing=rules)}))["small"]

    assert (one["type"], one["key"]) == ("single_choice", "B")
    assert one["differences"] == ["1 point is a SCORE of 10"]
    assert (two["type"], two["points"]) == ("qti", {"most": 5, "unit": "2"})


def test_a_picture_that_stands_alone_is_a_figure():
    """
    It comes with the item of our type, its alternative too; without its file the item stays `qti`.
    """
    before = '<p>Look.</p><p><img src="images/bar.svg" alt="A bar"/></p>'
    data = chosen(plain_choices("A", "B"), before=before)

    loaded = read({"p.zip": package({"a.xml": data, "images/bar.svg": DRAWING})})
    alone = read({"a.xml": data})

    content = loaded.items[0].content
    figure = content["stimulus"][0]["figure"]
    assert content["type"] == "single_choice"
    assert content["stem"] == "Look.\n\nWhich one?"
    assert figure["alt"] == "A bar"
    assert loaded.media[figure["file"]].digest == figure["digest"]
    assert alone.items[0].content["type"] == "qti"


@pytest.mark.parametrize(
    "data",
    [
        chosen(plain_choices("A", "B"), before="<p><strong>Loud</strong></p>"),
        chosen(plain_choices("A", "B"), before="<table><tr><td>1</td></tr></table>"),
        chosen(plain_choices("A", "B"), before="<p>What *is* this?</p>"),
        chosen(
            plain_choices("A", "B")
            + '<qti-simple-choice identifier="D" fixed="true">D</qti-simple-choice>'
        ),
        chosen(plain_choices("A", "B"), more='max-choices="1" class="qti-labels-none"'),
        asked(
            "<p>Which?</p>"
            + interaction("choice", plain_choices("A", "B", "C"), 'max-choices="2"'),
            response("RESPONSE", "multiple", "identifier", correct("A", "C")),
        ),
        asked(interaction("text-entry", ""), response(base_type="string", inner=correct("x"))),
        chosen(plain_choices("A", "B"))
        .replace(b'adaptive="false"', b'adaptive="true"')
        .replace(b'title="Small"', b'title="Small" adaptive="true"'),
    ],
    ids=["strong", "table", "marks", "fixed", "class", "limit", "typed", "adaptive"],
)
def test_what_our_types_cannot_say_stays_as_it_came(data):
    """
    Markup, limits, fixed choices, typed answers, attempts: none of it is flattened.
    """
    loaded = read({"it.xml": data})

    assert loaded.faults == ()
    assert [one.content["type"] for one in loaded.items] == ["qti"]
    assert loaded.items[0].content["qti"] == data.decode()


def test_a_package_comes_in_with_its_pictures_and_stimuli():
    """
    Files are found from where the item stands, kept by digest, and shown under no telling name.
    """
    picture = interaction("choice", simple_choices("A", "B"), 'max-choices="1"')
    body = f'<p><img src="../images/the%20right%20one.svg" alt="A bar"/></p>{picture}'
    one = asked(body, response(inner=correct("A")), "one").replace(
        b"<qti-item-body>",
        b'<qti-assessment-stimulus-ref identifier="S" href="../shared/text.xml" title="T"/>'
        b"<qti-item-body>",
    )
    stimulus = (
        '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" '
        'identifier="S" title="T"><qti-stimulus-body><p>Read this first.</p></qti-stimulus-body>'
        "</qti-assessment-stimulus>"
    )
    test = (
        '<qti-assessment-test xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" title="Final">'
        '<qti-assessment-item-ref identifier="i" href="items/one.xml"/></qti-assessment-test>'
    )
    data = package(
        {
            "imsmanifest.xml": manifest("items/one.xml"),
            "items/one.xml": one,
            "images/the right one.svg": DRAWING,
            "shared/text.xml": stimulus,
            "test.xml": test,
            "readme.txt": "nothing",
        }
    )

    loaded = read({"final.zip": data})
    content = loaded.items[0].content
    kind = ITEM_TYPES["qti"]
    shown = str(kind.present(content, ()))

    assert loaded.faults == ()
    assert len(loaded.items) == 1
    assert "missing" not in content
    assert set(loaded.media) == {content["media"][0]["file"]}
    assert "Read this first." in shown
    assert content["media"][0]["digest"].removeprefix("sha256:") in shown
    assert "right" not in shown
    assert any("of the test “Final”" in note for note in content["differences"])


def test_items_that_share_a_stimulus_come_in_as_a_set():
    """
    They are a set of the stimulus in the order of the files; an item with a stimulus of its own is
    none.
    """
    choice = interaction("choice", simple_choices("A", "B"), 'max-choices="1"')

    def about(item_id: str, stimulus: str) -> bytes:
        reference = f'<qti-assessment-stimulus-ref identifier="S" href="{stimulus}" title="T"/>'
        item = asked(choice, response(inner=correct("A")), item_id)
        return item.replace(b"<qti-item-body>", f"{reference}<qti-item-body>".encode())

    stimulus = (
        '<qti-assessment-stimulus xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0" '
        'identifier="The ferry" title="T"><qti-stimulus-body><p>Read this.</p>'
        "</qti-stimulus-body></qti-assessment-stimulus>"
    )
    items = {"a.xml": about("I-2", "s.xml"), "b.xml": about("I-1", "s.xml")}
    alone = {"c.xml": about("I-3", "t.xml")}

    stimuli = {"s.xml": stimulus.encode(), "t.xml": stimulus.replace("this", "that").encode()}

    loaded = read({**items, **alone, **stimuli})

    assert loaded.faults == ()
    sets = {one.id: one.content.get("set") for one in loaded.items}
    set_id = sets["I-2"]["id"]
    assert set_id.startswith("The-ferry-")
    assert sets == {
        "I-2": {"id": set_id, "place": 1},
        "I-1": {"id": set_id, "place": 2},
        "I-3": None,
    }


def test_what_is_missing_or_unusable_is_told_with_the_item():
    """
    A picture that did not come, a film, a drawing with a script: the item says which and why.
    """
    inside = (
        '<p><img src="gone.png" alt="Gone"/><img src="bad.svg" alt="Bad"/>'
        '<video src="film.mp4">A film</video></p>'
    )
    data = asked(
        inside + ORDER, response("RESPONSE", "ordered", "identifier", correct("A", "B", "C"))
    )

    loaded = read({"it.xml": data, "bad.svg": b"<svg><script/></svg>", "film.mp4": b"x"})

    told = loaded.items[0].content["missing"]
    assert [words.split(" ")[0] for words in told] == ["gone.png", "bad.svg", "film.mp4"]
    assert "is not shown: " in told[1]


def test_of_files_that_stand_for_one_another_one_is_enough():
    """
    A picture offered in two ways is shown when one of them is there, and nothing is missing.
    """
    inside = '<p><picture><source src="bar.avif"/><img src="bar.svg" alt="A bar"/></picture></p>'
    data = asked(
        inside + ORDER, response("RESPONSE", "ordered", "identifier", correct("A", "B", "C"))
    )

    content = read({"it.xml": data, "bar.svg": DRAWING}).items[0].content

    assert "missing" not in content
    assert 'alt="A bar"' in str(ITEM_TYPES["qti"].present(content, ()))


def test_every_refusal_names_the_item_the_line_and_a_code():
    """
    What cannot be taken is refused by itself; the others come in.
    """
    strange = asked(interaction("portable-custom", ""), response(), "strange")

    loaded = read({"a.xml": chosen(plain_choices("A", "B")), "b.xml": strange, "c.xml": b"<a>"})

    assert [one.id for one in loaded.items] == ["small"]
    assert [(fault.file, fault.item_id) for fault in loaded.faults] == [
        ("c.xml", None),
        ("b.xml", "strange"),
    ]
    assert "(portable-custom-interaction)" in str(loaded.faults[1])
    assert loaded.faults[1].line == 1


def test_a_file_that_is_no_xml_is_told_what_is_wrong_with_it():
    """
    What was meant as an item of QTI is told its fault, not that nobody knows what it is.
    """
    broken = chosen(plain_choices("A", "B")).replace(b"</qti-item-body>", b"")
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]>' + chosen(plain_choices("A", "B"))

    told = [str(fault) for data in (broken, bomb) for fault in read({"a.xml": data}).faults]

    assert "(not-xml)" in told[0]
    assert "(doctype)" in told[1]


def test_items_of_one_identifier_are_told_apart_and_the_same_item_comes_once():
    """
    Two items that a package calls the same get ids of their own; a copy is no second item.
    """
    one, other = chosen(plain_choices("A", "B")), chosen(plain_choices("A", "B", "C"))

    loaded = read({"1.xml": one, "2.xml": one, "3.xml": other, "4.xml": other})

    assert [one.file for one in loaded.items] == ["1.xml", "3.xml"]
    first, second = (item.content for item in loaded.items)
    assert first["id"] == "small"
    assert second["id"].startswith("small-")
    assert "its identifier small is that of another item" in second["differences"][0]


def test_a_manifest_that_names_what_is_not_there_is_told():
    """
    Counts of a manifest and of the items that came must agree.
    """
    data = package(
        {"imsmanifest.xml": manifest("a.xml", "b.xml"), "a.xml": chosen(plain_choices("A", "B"))}
    )

    loaded = read({"p.zip": data})

    assert len(loaded.items) == 1
    assert [str(fault) for fault in loaded.faults] == [
        "p.zip/imsmanifest.xml:1: resource: names the item 'b.xml', which is not among the files"
    ]


def bomb() -> bytes:
    """A package that unpacks to a thousand times its size."""
    return package({"a.xml": b" " * 8_000_000})


def twice() -> bytes:
    """A package in which two files have one name."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        made.writestr("a.xml", "<a/>")
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("a.xml", "<b/>")
    return held.getvalue()


def lying() -> bytes:
    """A package whose directory says another size than its entry has."""
    good = package({"a.xml": b"<a>" + b"x" * 5_000 + b"</a>"})
    place = good.rindex(b"PK\x01\x02")
    return good[: place + 24] + struct.pack("<I", 10) + good[place + 28 :]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PK\x03\x04 nothing", "no usable zip"),
        (package({"../a.xml": "<a/>"}), "leads out"),
        (package({"/a.xml": "<a/>"}), "leads out"),
        (package({"C:/a.xml": "<a/>"}), "leads out"),
        (package({"x" * 400 + ".xml": "<a/>"}), "300 signs"),
        (package({"/".join("d" * 30) + "/a.xml": "<a/>"}), "20 folders"),
        (package({"a\x01.xml": "<a/>"}), "cannot be printed"),
        (package({"A.xml": "<a/>", "a.XML": "<a/>"}), "stands twice"),
        (with_link("a.xml", "/etc/passwd"), "is a link"),
        (package({f"{n}.xml": "" for n in range(8_001)}), "8001 entries"),
    ],
)
def test_a_hostile_package_is_refused_as_a_whole(data, told):
    """
    Paths that lead out, links, names without end, too many entries: one fault, and no item.
    """
    loaded = read({"evil.zip": data})

    assert loaded.items == ()
    assert any(told in str(fault) and "evil.zip" in str(fault) for fault in loaded.faults)


@pytest.mark.parametrize("make", [bomb, twice, lying])
def test_what_a_package_says_of_itself_is_not_believed(make):
    """
    A bomb, a name that stands twice and a wrong size are found out before they cost anything.
    """
    loaded = read({"evil.zip": make()})

    assert loaded.items == ()
    assert loaded.faults


def test_a_package_in_a_package_is_told_and_not_opened():
    """
    What is inside comes in when it is sent by itself.
    """
    inner = package({"b.xml": chosen(plain_choices("A", "B"))})
    loaded = read({"p.zip": package({"a.xml": chosen(plain_choices("A", "B")), "in.zip": inner})})

    assert len(loaded.items) == 1
    assert "holds the package 'in.zip'" in str(loaded.faults[0])


@given(st.binary(max_size=60), st.integers(0, 2_000))
@settings(max_examples=60)
def test_no_damage_makes_a_package_throw(noise, place):
    """
    Whatever bytes are in the way, there are items or faults and no exception.
    """
    whole = package(
        {"imsmanifest.xml": manifest("a.xml"), "a.xml": chosen(plain_choices("A", "B"))}
    )

    loaded = load_files({"p.zip": whole[:place] + noise + whole[place:]}, Destination(BANK))

    assert loaded.items or loaded.faults


@pytest.mark.parametrize("name", ["qti", "qti_2_2"])
@pytest.mark.parametrize(
    ("kind", "inner", "cardinality", "base_type", "right", "key"),
    PER_INTERACTION,
    ids=[f"{case[0]}-{case[2]}" for case in PER_INTERACTION],
)
def test_an_item_of_either_version_scores_the_same_when_it_comes_back(
    name, kind, inner, cardinality, base_type, right, key
):
    """
    Written and read by others, without what the manifest says to us alone, it scores as before.
    """
    most = 'max-choices="0"' if cardinality != "single" else 'max-choices="1"'
    declared = response("RESPONSE", cardinality, base_type, correct(*right))
    first = read({"it.xml": asked(interaction(kind, inner, most), declared)})
    version = item_version("given", first.items[0].content)

    files = FORMATS[name].write(BANK, [version], {})
    del files["imsmanifest.xml"]
    again = read(files)

    assert again.faults == ()
    before, after = first.items[0].content, again.items[0].content
    item_type = ITEM_TYPES[before["type"]]
    assert after["type"] == before["type"]
    assert after["key"] == before["key"]
    mistakes = item_type.likely_mistakes(before)
    for answer in (item_type.key_response(before), *mistakes, None):
        assert item_type.points(after, answer) == item_type.points(before, answer)
    if name == "qti_2_2":
        assert all(b"qti-" not in data for data in files.values())


@pytest.mark.parametrize(
    ("item_type", "answers"),
    [
        ("single_choice", []),
        ("multiple_response", []),
        ("ordering", []),
        ("matching", []),
        ("matrix", []),
        ("inline_choice", []),
        ("gap_match", []),
        ("slider", []),
        ("hotspot", []),
        ("select_point", []),
        ("short_text", ["median", "The Median", "mean"]),
        ("numeric_entry", ["12.5", "12.46", "12.4", "10"]),
    ],
)
@pytest.mark.parametrize("name", ["qti", "qti_2_2"])
def test_an_item_of_ours_scores_the_same_elsewhere(name, item_type, answers):
    """
    What is written of our types gives the same points when it is read as QTI and nothing else.
    """
    loaded = load_files(yaml_files(item("S-1", item_type)), Destination(BANK))
    version = item_version("given", loaded.items[0].content)
    media = {file.digest: file for file in loaded.media.values()}
    files = FORMATS[name].write(BANK, [version], media)
    del files["imsmanifest.xml"]

    again = read(files)
    ours, theirs = version.content, again.items[0].content
    kind, other = ITEM_TYPES[item_type], ITEM_TYPES[theirs["type"]]

    assert again.faults == ()
    assert again.items[0].id == "S-1"
    assert theirs["type"] == ("qti" if answers else item_type)
    if theirs["type"] == item_type:
        for answer in (kind.key_response(ours), *kind.likely_mistakes(ours)):
            assert other.points(theirs, as_written(ours, answer)) == kind.points(ours, answer)
    for answer in answers:
        assert other.points(theirs, {"RESPONSE": answer}) == kind.points(ours, answer)


def test_a_figure_and_a_table_go_out_with_the_item(tmp_path):
    """
    What stands above a stem is in the body of the item, and the file in the package.
    """
    stimulus = [
        {"figure": {"file": "figures/line.svg", "alt": "A rising line."}},
        {"table": {"caption": "Sales", "columns": ["Day", "Sold"], "rows": [["Mon", "20"]]}},
    ]
    loaded = load_files(
        yaml_files(item("S-1", "single_choice", stimulus=stimulus)), Destination(BANK)
    )
    version = item_version("given", loaded.items[0].content)
    media = {file.digest: file for file in loaded.media.values()}

    files = FORMATS["qti"].write(BANK, [version], media)
    again = read(files)

    assert digest(again.items[0].content) == version.digest
    assert files["figures/line.svg"] == loaded.media["figures/line.svg"].data
    assert FIGURE[:20].encode() in files["figures/line.svg"]
    page = files["items/S-1.xml"].decode()
    assert 'src="../figures/line.svg"' in page
    assert "<td>Mon</td>" in page


def test_an_item_changed_elsewhere_is_read_from_its_xml():
    """
    What our manifest says of an item counts only while the item is the one that we wrote.
    """
    loaded = load_files(yaml_files(item("S-1", "single_choice")), Destination(BANK))
    version = item_version("given", loaded.items[0].content)
    files = FORMATS["qti"].write(BANK, [version], {})
    files["items/S-1.xml"] = (
        files["items/S-1.xml"].replace(b"umbrellas", b"coats").replace(b"?</p>", b", then?</p>")
    )

    again = read(files)

    assert again.items[0].content["stem"] != version.content["stem"]
    assert "then?" in again.items[0].content["stem"]


def as_written(content: dict, answer: object) -> object:
    """An answer with the ids that options of lists in a text have in QTI, each its own."""
    if content["type"] != "inline_choice" or not isinstance(answer, dict):
        return answer
    return {gap: f"{gap}-{option}" for gap, option in answer.items()}


DECLARED = [
    ("single_choice", {"rule": "graded_options", "points": {"c": 2, "b": 1}}),
    ("multiple_response", {"rule": "per_right_option", "deduction": True}),
    ("multiple_response", {"rule": "per_right_option"}),
    ("multiple_response", {"rule": "by_mistakes", "points": [2, 1]}),
    ("matching", {"rule": "per_right_pair"}),
    ("matching", {"rule": "by_mistakes", "points": [2, 1]}),
    ("ordering", {"rule": "per_right_place"}),
    *(
        (kind, rule.example)
        for kind in ("matrix", "inline_choice", "gap_match", "slider", "hotspot", "select_point")
        for rule in ITEM_TYPES[kind].scoring_rules
        if rule.name != "all_or_nothing"
    ),
    ("extended_text", {"rule": "by_person", "points": 5}),
]
SAME_TYPE = {"matching", "matrix", "inline_choice", "gap_match", "slider", "select_point"}
"""Types that come back as themselves when nothing but their QTI is read, whatever their points."""


def as_qti(item_type: str, answer: object) -> object:
    """An answer to an item of ours as one to the same item of QTI."""
    if item_type == "matching" and isinstance(answer, dict):
        return {"RESPONSE": [f"{prompt} {option}" for prompt, option in answer.items()]}
    return None if answer is None else {"RESPONSE": answer}


def has_holes(answer: object) -> bool:
    """Whether an order leaves a place open before another: QTI has no such order."""
    return isinstance(answer, list) and None in answer


@pytest.mark.parametrize("name", ["qti", "qti_2_2"])
@pytest.mark.parametrize(
    ("item_type", "scoring"), DECLARED, ids=[f"{kind}-{rule['rule']}" for kind, rule in DECLARED]
)
def test_parts_of_an_answer_are_worth_the_same_elsewhere(name, item_type, scoring):
    """
    Points for parts, deductions and mistakes are written as mappings, tables and steps.
    """
    example = ITEM_TYPES[item_type].example
    shown = item("S-1", item_type, scoring=scoring)
    if item_type == "single_choice":
        shown["scoring"] = {"rule": "graded_options", "points": {example["key"]: 2, "a": 1}}
    loaded = load_files(yaml_files(shown), Destination(BANK))
    assert loaded.faults == ()
    version = item_version("given", loaded.items[0].content)
    assert FORMATS[name].left_out(version) is None
    media = {file.digest: file for file in loaded.media.values()}
    files = FORMATS[name].write(BANK, [version], media)
    whole = load_files(files, Destination(BANK))
    del files["imsmanifest.xml"]

    theirs = read(files).items[0].content
    ours, kind = version.content, ITEM_TYPES[item_type]

    assert digest(whole.items[0].content) == version.digest
    if kind.by_person:
        assert (theirs["type"], theirs["scoring"]) == (item_type, scoring)
        assert " ".join(theirs["key"].split()) == " ".join(ours["key"].split())
        return
    if item_type in SAME_TYPE:
        assert theirs["type"] == item_type
        assert kind.most_points(theirs) == kind.most_points(ours)
        for answer in (kind.key_response(ours), *kind.likely_mistakes(ours), None):
            assert kind.points(theirs, as_written(ours, answer)) == kind.points(ours, answer)
        return
    assert theirs["type"] == "qti"
    assert theirs["points"]["unit"] == "1"
    assert theirs["points"]["most"] == kind.most_points(ours)
    told = kind.expected_responses(ours)
    for points, answers in told.items():
        for answer in (one for one in answers if not has_holes(one)):
            assert ITEM_TYPES["qti"].points(theirs, as_qti(item_type, answer)) == points
    assert ITEM_TYPES["qti"].points(theirs, None) == 0


def test_what_scorers_go_by_is_for_scorers_alone():
    """
    It stands in a block that only they are shown, held as each version of QTI holds it.
    """
    version = item_version("given", item("S-1", "extended_text"))

    [three, two] = (
        FORMATS[name].write(BANK, [version], {})["items/S-1.xml"].decode()
        for name in ("qti", "qti_2_2")
    )

    assert '<qti-rubric-block view="scorer" use="scoring"><qti-content-body><p>Names' in three
    assert '<rubricBlock view="scorer" use="scoring"><p>Names' in two


def test_what_cannot_be_written_is_named():
    """
    A scoring rule that QTI has no short word for leaves its item out, with a reason.
    """
    ruled = item("S-1", "ordering", scoring={"rule": "per_right_neighbour"})
    version = item_version("given", ruled)

    assert "per_right_neighbour" in str(FORMATS["qti"].left_out(version))


def test_each_part_of_a_stimulus_keeps_its_own_file():
    """
    A recording before a figure, and a video behind it, name their files in the order they stand.
    """
    parts = [
        {"audio": {"file": "recordings/a.wav"}},
        {"figure": {"file": "figures/line.svg", "alt": "A line.", "description": "It *rises*."}},
        {"video": {"file": "videos/b.webm", "subtitles": {"file": "subtitles/b.vtt"}, "plays": 1}},
    ]
    media = {"recordings/a.wav": wav(), "videos/b.webm": webm(), "subtitles/b.vtt": subtitles()}
    loaded = load_files({**yaml_files(item("S-1", "single_choice", stimulus=parts)), **media})
    [one] = loaded.items
    by_digest = {file.digest: file for file in loaded.media.values()}

    files = FORMATS["qti"].write(BANK, [item_version("small", one.content)], by_digest)

    written = files["items/S-1.xml"].decode()
    places = [written.index(f"../{next(iter(part.values()))['file']}") for part in parts]
    assert places == sorted(places)
    assert "<em>rises</em>" in written
    again = load_files(files, Destination(BANK))
    assert again.faults == ()
    assert again.items[0].content["stimulus"] == one.content["stimulus"]
