"""Bank, exam and forms of an administration that came without its items' texts.

The items are real item versions with a real key. Their texts say plainly that the texts were not
supplied, so that nobody takes them for what candidates read.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from examengine.accounts import Actor
from examengine.assembly import Exam, Form, FormItem, forms_of, publish_given_form
from examengine.bank import Area, Bank, ItemRef, ItemVersion, Level, LoadedBank, LoadedItem
from examengine.importing.administration_files import ImportedAdministration
from examengine.importing.answer_key import ImportedItem, option_letters
from examengine.kernel.clock import Clock

NOT_SUPPLIED = "Not supplied with the data."
LEVEL = Level("not-supplied", "Not supplied")
INSTRUCTIONS = "The answers to this exam were imported. Nobody sits it here."
CONSENT = "The answers were collected elsewhere, under the terms of that exam."


def exam_spec(given: ImportedAdministration) -> dict[str, Any]:
    """Return the specification of the exam that was sat, its blueprint read off the forms."""
    areas = {item.item_id: item.area for item in given.items}
    contents = [Counter(areas[item_id] for item_id in form.item_ids) for form in given.forms]
    lengths = [len(form.item_ids) for form in given.forms]
    return {
        "schema": "examengine/exam/1",
        "instructions": INSTRUCTIONS,
        "consent": CONSENT,
        **given.spec.exam,
        "bank": given.spec.bank["id"],
        "blueprint": {
            "forms": len(given.forms),
            "length": max(lengths),
            "areas": {
                area: [
                    min(found[area] for found in contents),
                    max(found[area] for found in contents),
                ]
                for area in sorted(set(areas.values()))
            },
        },
    }


def texts_not_supplied(
    given: ImportedAdministration, known: Mapping[str, ItemVersion]
) -> LoadedBank:
    """Return the bank of the items, ready to be imported.

    Args:
        given: The administration.
        known: Items that the bank has already; their expected time is kept, so that a second
            administration of the same items brings no new version.
    """
    words = given.spec.bank
    bank = Bank(
        id=words["id"],
        title=words["title"],
        description=words.get("description", NOT_SUPPLIED),
        language=words.get("language", "en"),
        licence=words["licence"],
        provenance=words["provenance"],
        areas=tuple(
            Area(area, area.replace("-", " ").capitalize(), NOT_SUPPLIED)
            for area in sorted({item.area for item in given.items})
        ),
        levels=(LEVEL,),
    )
    # Findings of the bank's checks are told by file: each item is one of its own.
    file = given.spec.files["items"]
    items = tuple(
        LoadedItem(f"{file}, item {item.item_id}", _content(given, item, known), {})
        for item in given.items
    )
    return LoadedBank(bank, items, {}, ())


def published(
    session: Session,
    clock: Clock,
    actor: Actor,
    given: ImportedAdministration,
    exam: Exam,
    refs: Mapping[str, ItemRef],
) -> dict[str, Form]:
    """Publish the forms that are not there yet, and return all by the code in the data."""
    scored = {item.item_id: item.scored for item in given.items}
    there = {form.items: form for form in forms_of(session, exam.id)}
    found: dict[str, Form] = {}
    for form in given.forms:
        items = tuple(FormItem(refs[item_id], scored[item_id]) for item_id in form.item_ids)
        found[form.code] = there.get(items) or publish_given_form(
            session, clock, actor, exam.id, form.code, items
        )
    return found


def _content(
    given: ImportedAdministration, item: ImportedItem, known: Mapping[str, ItemVersion]
) -> dict[str, Any]:
    bank = given.spec.bank
    before = known.get(item.item_id)
    return {
        "schema": "examengine/item/1",
        "id": item.item_id,
        "version": 1,
        "type": "single_choice",
        "area": item.area,
        "level": LEVEL.id,
        "seconds": item.seconds if before is None else before.seconds,
        "enemies": [],
        "provenance": {
            "author": "not supplied with the data",
            "written": "not supplied with the data",
            "licence": bank["licence"],
        },
        "stem": (
            f"The text of item {item.item_id} was not supplied with the data. Candidates read it "
            "elsewhere; which option each of them chose is known."
        ),
        "options": [
            {
                "id": letter,
                "text": f"Option {name} (text not supplied)",
                "rationale": NOT_SUPPLIED,
            }
            for name, letter in option_letters(given.spec).items()
        ],
        "key": item.key,
        "shuffle": False,
    }
