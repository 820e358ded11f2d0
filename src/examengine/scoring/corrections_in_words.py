"""What is said of keys that were found wrong after the exam. Pure.

A candidate is told that it happened and what became of the question, never which question or which
answer: items are used again.
"""

from collections import Counter

from examengine.assembly import Form, KeyCorrection, Remedy, ScoringPolicy
from examengine.bank import ITEM_TYPES
from examengine.scoring.pinned_versions import Versions

BECAME = {
    Remedy.ACCEPT: "other answers to {which} get all points too",
    Remedy.CREDIT: "everybody gets all points of {which}",
    Remedy.DROP: "{which} does not count for anybody",
}
BECAME_SEVERAL = {**BECAME, Remedy.DROP: "{which} do not count for anybody"}


def corrections_in_words(form: Form, scoring: ScoringPolicy) -> str:
    """Say what became of the questions of a form whose keys were found wrong; "" where none was."""
    found = [scoring.correction_of(item.ref) for item in form.items if item.scored]
    remedies = Counter(one.remedy for one in found if one is not None)
    if not remedies:
        return ""
    n = remedies.total()
    keys = "The key of 1 question was" if n == 1 else f"The keys of {n} questions were"
    told = [_told(remedy, count, n) for remedy, count in remedies.items()]
    return f"{keys} found wrong after the exam: {'; '.join(told)}."


def _told(remedy: Remedy, count: int, n: int) -> str:
    if count == n:
        which = "it" if n == 1 else "them"
        if remedy is Remedy.DROP:
            which = "it" if n == 1 else "they"
    else:
        which = "1 of them" if count == 1 else f"{count} of them"
    return (BECAME if count == 1 else BECAME_SEVERAL)[remedy].format(which=which)


def correction_in_words(correction: KeyCorrection, versions: Versions) -> str:
    """Say to staff which item it is about, and which answers are accepted."""
    named = f"{correction.item_id} version {correction.version}"
    version = next((one for ref, one in versions.items() if correction.concerns(ref)), None)
    if correction.remedy is not Remedy.ACCEPT:
        return f"{named}: {BECAME[correction.remedy].format(which='it')}"
    if version is None:
        return f"{named}: other answers get all points too"
    item_type = ITEM_TYPES[version.item_type]
    answers = "; ".join(item_type.told(version.content, one) for one in correction.accept)
    return f"{named}: besides its key, all points for {answers}"
