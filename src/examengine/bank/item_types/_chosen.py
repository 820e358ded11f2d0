"""What the item types have in common in which several of what is listed can be right together.

A response lists the ids that were chosen, sorted: `["a", "c"]`. So does the key, in any order.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from examengine.bank.errors import ResponseMalformed
from examengine.bank.inline_text import plain
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import FlagField
from examengine.bank.item_types._scoring_rules import ScoringRule, gives_up_to, too_many_parts

_ASKING = frozenset({"choose", "select", "pick", "tick", "mark", "name"})
_BESIDE_A_NUMBER = frozenset({"the", "exactly", "just", "only"})
_NUMBERS: Mapping[str, int] = {
    **{str(number): number for number in range(2, 8)},
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
}


def options_asked_for(stem: str) -> int | None:
    """Return how many options a stem asks for in so many words ("Choose two."), or None.

    The number is taken from the stem and never from the key: a page that knew the key would tell
    how many options are right where the author meant not to.
    """
    words = [word.strip(".,:;!?()*").casefold() for word in stem.split()]
    for place in (place for place, word in enumerate(words) if word in _ASKING):
        rest = [word for word in words[place + 1 : place + 4] if word not in _BESIDE_A_NUMBER]
        if rest and rest[0] in _NUMBERS and rest[1:2] not in (["or"], ["to"]):
            return _NUMBERS[rest[0]]
    return None


class PerRightOption(ScoringRule):
    """1 point for each right option that is chosen.

    Somebody who chooses everything has chosen all that is right. So either each wrong option takes
    a point away (`deduction: true`), or more options than are right are worth nothing; the stem
    must then say how many those are.
    """

    name = "per_right_option"
    fields = frozenset({"deduction"})
    form_fields = (FlagField("deduction", "Each wrong option chosen takes a point away"),)

    @property
    def example(self) -> Content:
        """Show what there is to declare."""
        return {"rule": self.name, "deduction": True}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check that choosing everything does not pay, and that the candidate can know."""
        yield from check.flag(content["scoring"], "deduction", at="scoring")
        n_right = len(content["key"])
        yield from too_many_parts(n_right)
        if content["scoring"].get("deduction") is True:
            return
        if options_asked_for(plain(content["stem"])) != n_right:
            what = (
                f"without a deduction the stem must say how many options to choose; write "
                f'"Choose {n_right}." in it, or deduction: true here'
            )
            yield ItemFault("scoring.deduction", what)

    def most_points(self, content: Content) -> int:
        """Count the right options."""
        return len(content["key"])

    def points(self, content: Content, response: Any) -> int:
        """Count the right options, less the wrong ones or none when there are too many."""
        chosen, key = chosen_ids(response), set(content["key"])
        n_right = len(chosen & key)
        if content["scoring"].get("deduction", False):
            return max(0, n_right - len(chosen - key))
        return n_right if len(chosen) <= len(key) else 0

    def in_words(self, content: Content) -> str:
        """Say what a right option gives, and what a wrong one or one too many costs.

        How many options are right is said only where the stem says it.
        """
        most = self.most_points(content)
        told = options_asked_for(plain(content["stem"])) == most
        each = "1 for each right option you choose"
        given = f"{gives_up_to(most)}: {each}" if told else f"This question gives points: {each}"
        if content["scoring"].get("deduction", False):
            return f"{given}, less 1 for each wrong one, but never less than 0."
        return f"{given}. Whoever chooses more than {most} gets none."


def is_right(content: Content, response: Any) -> bool:
    """Tell whether exactly the right ones are chosen."""
    return isinstance(response, Sequence) and list(response) == sorted(content["key"])


def n_mistakes(content: Content, response: Any) -> int:
    """Count the options that are chosen and wrong, or right and not chosen."""
    return len(chosen_ids(response) ^ set(content["key"]))


def n_of_nothing(content: Content, name: str) -> int:
    """Count the mistakes of choosing nothing, or everything, whichever are fewer.

    Args:
        content: The item.
        name: Where it lists what can be chosen: `options`.
    """
    return min(len(content["key"]), len(content[name]) - len(content["key"]))


def chosen_ids(response: Any) -> set[str]:
    """Return what can be read of a stored response."""
    listed = response if isinstance(response, list | tuple) else ()
    return {option for option in listed if isinstance(option, str)}


def key_faults(key: object, ids: Sequence[str], noun: str) -> Iterator[ItemFault]:
    """Check that a key lists some of what can be chosen, each once.

    Args:
        key: What the item says.
        ids: What can be chosen.
        noun: What one of it is called: "option".
    """
    if not isinstance(key, list) or not all(isinstance(one, str) for one in key):
        yield ItemFault("key", f"must list the ids of the right {noun}s, such as [a, d]")
        return
    for one in key:
        if one not in ids:
            yield ItemFault("key", f"names {one[:40]}, which is no {noun}; {', '.join(ids)} are")
    if len(set(key)) != len(key):
        yield ItemFault("key", f"names the same {noun} twice; name each once")
    if not key:
        yield ItemFault("key", f"must name at least one {noun}")


def read_chosen(raw: object, ids: Sequence[str], noun: str) -> list[str] | None:
    """Return the ids that were chosen, sorted; None for none.

    Raises:
        ResponseMalformed: It is no list, or names what is not there.
    """
    if raw is None:
        return None
    if not isinstance(raw, list):
        raise ResponseMalformed(f"the answer to this question is a list of {noun}s")
    if any(not isinstance(one, str) or one not in ids for one in raw):
        raise ResponseMalformed("the answer names an option that this question does not have")
    return sorted(set(raw)) or None


def more_or_fewer(content: Content, response: Any, noun: str) -> str | None:
    """Say when more or fewer are chosen than the stem asks for in so many words."""
    asked = options_asked_for(plain(content["stem"]))
    if response is None or asked in {None, len(response)}:
        return None
    chosen = f"1 {noun} is" if len(response) == 1 else f"{len(response)} {noun}s are"
    return f"{chosen} chosen; the question asks for {asked}."


def likely_mistakes(content: Content, ids: Sequence[str]) -> tuple[list[str], ...]:
    """Return one wrong for one right, in every way; where points are declared too few, all wrong.

    Args:
        content: The item.
        ids: What can be chosen.
    """
    key = sorted(content["key"])
    others = [one for one in ids if one not in key]
    found = [sorted({*key, wrong} - {right}) for right in key for wrong in others]
    if "scoring" in content:
        found += [key[:n_right] for n_right in range(1, len(key))]
    if "scoring" in content and others:
        found += [sorted({*key, others[0]}), sorted(others)]
    return tuple(found)
