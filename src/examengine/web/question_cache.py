"""Questions as they were drawn: what looks the same for many is drawn once, and sent when wanted.

What a question looks like hangs on its item version, the order of its options, its place, and what
stands in its fields. For whoever comes to it the first time the fields are empty, so that of a
form whose options are not shuffled a whole cohort gets the same bytes.
"""

from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Any

from cachetools import LRUCache
from jinja2 import Environment

from examengine.bank import ItemVersion
from examengine.delivery import Sitting
from examengine.kernel.digest import canonical_json

TEMPLATE = "candidate/_question.html"
MOST = 4_000
"""Questions that are kept, of about three kilobytes each."""


def looks_of(sitting: Sitting, place: int, typed: Any = None) -> Mapping[str, Any]:
    """Return what a question at a place, counted from 1, looks like to its candidate.

    Args:
        sitting: The attempt as it stands.
        place: An open one.
        typed: What a page has just sent, where it is to be shown again instead of the answer.

    Raises:
        ItemNotInForm: There is no such place.
    """
    item, part = sitting.item_at(place), sitting.section()
    return {
        "place": place,
        "count": len(sitting.form.items),
        "places": sitting.places(),
        "ends_exam": part is None or part.is_last,
        "item_id": item.item_id,
        "response": sitting.shown(item, typed),
        "flagged": item.item_id in sitting.attempt.flagged,
        "shared": sitting.shared_at(place),
    }


class QuestionCache:
    """The questions that were drawn last; shared by threads.

    Args:
        templates: What draws them.
        most: How many are kept; the one that was asked for longest ago makes room.
    """

    def __init__(self, templates: Environment, *, most: int = MOST) -> None:
        self._template = templates.get_template(TEMPLATE)
        self._kept: LRUCache[object, str] = LRUCache(most)
        self._turn = Lock()

    def drawn(self, sitting: Sitting, place: int, now: datetime) -> str:
        """Return the question at a place as HTML, from memory or drawn.

        While something plays by the clock the question looks like that to one candidate alone, and
        for a moment: it is not kept.

        Raises:
            ItemNotInForm: There is no such place.
        """
        item, looks = sitting.item_at(place), looks_of(sitting, place)
        states = sitting.play_states(item, now)
        if any(one.running for one in states.values()):
            return self._rendered(sitting, item, looks, now)
        key = _key(sitting, looks, {at: one.played for at, one in states.items()})
        with self._turn:
            found = self._kept.get(key)
        if found is None:
            found = self._rendered(sitting, item, looks, now)
            with self._turn:
                self._kept[key] = found
        return found

    def _rendered(
        self, sitting: Sitting, item: ItemVersion, looks: Mapping[str, Any], now: datetime
    ) -> str:
        shown = sitting.presented(item, now)
        return self._template.render(item=shown, state=None, again=None, refused=None, **looks)


def _key(sitting: Sitting, looks: Mapping[str, Any], played: Mapping[int, int]) -> object:
    """Return all that the looks hang on; the form stands for the versions of its items."""
    order = sitting.plan.orders.get(looks["item_id"], ())
    response = canonical_json(looks["response"])
    shown = (
        looks[name] for name in ("place", "places", "ends_exam", "item_id", "flagged", "shared")
    )
    return (sitting.plan.form_id, order, response, tuple(played.items()), *shown)
