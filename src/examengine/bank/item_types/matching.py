"""Matching: each prompt gets one option."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

from examengine.bank.errors import ResponseMalformed
from examengine.bank.inline_text import inline, plain, read_aloud
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types import _options as options
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._form_fields import ForEachField, RowsField, TextField
from examengine.bank.item_types._item_type import Fields, ItemType, Rationale
from examengine.bank.item_types._scoring_rules import AllOrNothing, ByMistakes, PerRight


def _is_right(content: Content, response: Any) -> bool:
    return isinstance(response, Mapping) and dict(response) == dict(content["key"])


def _n_right(content: Content, response: Any) -> int:
    """Count the prompts that were given their own option."""
    given = response if isinstance(response, Mapping) else {}
    return sum(given.get(prompt) == option for prompt, option in content["key"].items())


def _n_prompts(content: Content) -> int:
    return len(content["key"])


class Matching(ItemType):
    """Each prompt gets one option; options may stay unused. Response: `{"p1": "b"}`."""

    name = "matching"
    title = "Matching"
    kind = "map"
    fields = frozenset({"prompts", "options", "key", "shuffle", "scoring"})
    form_fields = (
        RowsField(
            "prompts",
            "Lines",
            "Each gets one option.",
            row="Line",
            columns=(
                options.PART_ID_FIELD,
                TextField("text", "What candidates read", size="words"),
            ),
        ),
        ForEachField("key", "Its option", each="prompts", of="options"),
        options.OPTION_ROWS,
        options.SHUFFLE_FLAG,
    )
    scoring_rules = (
        AllOrNothing(_is_right),
        PerRight("per_right_pair", _n_right, _n_prompts, "each line with its right option"),
        ByMistakes(
            lambda content, response: _n_prompts(content) - _n_right(content, response),
            _n_prompts,
            words="A line without its right option is a mistake.",
            example_points=(2, 1),
        ),
    )
    example: ClassVar[Content] = {
        "stem": "Match each question with the summary that answers it.",
        "prompts": [
            {"id": "p1", "text": "Which size of shoe is sold most often?"},
            {"id": "p2", "text": "Which pay divides the staff into halves?"},
            {"id": "p3", "text": "How far apart are the fastest and the slowest run?"},
        ],
        "options": [
            {"id": "a", "text": "The median", "rationale": "Half of the values lie below it."},
            {"id": "b", "text": "The mode", "rationale": "It is the most frequent value."},
            {"id": "c", "text": "The range", "rationale": "Distance of the two extremes."},
            {"id": "d", "text": "The mean", "rationale": "Answers none of the questions."},
        ],
        "key": {"p1": "b", "p2": "a", "p3": "c"},
    }
    unfinished_example: ClassVar[object] = {"p1": "a"}

    def faults(self, content: Content) -> Iterator[ItemFault]:
        """Check prompts and options, and that the key gives every prompt an option."""
        yield from check.parts(content, "prompts", ("id", "text"), least=1, most=20)
        yield from options.option_faults(content)
        yield from check.flag(content, "shuffle")
        key = content.get("key")
        if not isinstance(key, Mapping):
            yield ItemFault("key", "must give each prompt its option: {p1: b, p2: a, p3: d}")
            return
        ids, prompts = check.part_ids(content, "options"), check.part_ids(content, "prompts")
        yield from check.known(key, prompts, at="key")
        for prompt in prompts:
            if key.get(prompt) not in ids:
                what = f"is {str(key.get(prompt))[:40]}, which is no option; {', '.join(ids)} are"
                yield ItemFault(f"key.{prompt}", what)

    def drawn_ids(self, content: Content) -> tuple[str, ...]:
        """Return the options, unless their order is fixed; prompts keep the order of the file."""
        return options.drawn_options(content)

    def controls(self, content: Content, order: Sequence[str]) -> Mapping[str, Any]:
        """Show the prompts, each with all options; a list to choose from holds words alone."""
        prompts = [
            {"id": prompt["id"], "text": inline(prompt["text"])} for prompt in content["prompts"]
        ]
        heard = {option["id"]: read_aloud(option["text"]) for option in content["options"]}
        listed = [
            {**option, "heard": heard[option["id"]]} for option in options.presented(content, order)
        ]
        return {"prompts": prompts, "options": listed}

    def read(self, content: Content, raw: object) -> dict[str, str] | None:
        """Take the chosen option of each prompt; a prompt may still be open."""
        if raw is None:
            return None
        if not isinstance(raw, Mapping):
            raise ResponseMalformed("the answer to this question gives prompts their options")
        prompts = check.part_ids(content, "prompts")
        if any(prompt not in prompts for prompt in raw):
            raise ResponseMalformed("the answer names a prompt that this question does not have")
        chosen = {prompt: raw[prompt] for prompt in prompts if raw.get(prompt) not in (None, "")}
        known = {prompt: options.known_option(content, value) for prompt, value in chosen.items()}
        return known or None

    def read_fields(self, content: Content, fields: Fields) -> object:
        """Take the select of each prompt."""
        return options.part_fields(fields, check.part_ids(content, "prompts"))

    def unfinished(self, content: Content, response: Any) -> str | None:
        """Say how many prompts have no option yet."""
        open_prompts = 0 if response is None else len(content["prompts"]) - len(response)
        if not open_prompts:
            return None
        have = "has" if open_prompts == 1 else "have"
        return f"{open_prompts} of {len(content['prompts'])} lines {have} no option yet."

    def in_words(self, content: Content, response: Any) -> str:
        """Say each prompt with its option."""
        if response is None:
            return "No answer"
        said = (
            f"{plain(prompt['text']).rstrip('.')} → {self._chosen(content, response, prompt['id'])}"
            for prompt in content["prompts"]
        )
        return "; ".join(said)

    def _chosen(self, content: Content, response: Mapping[str, str], prompt: str) -> str:
        if prompt not in response:
            return "no answer"
        return options.option_text(content, response[prompt]).rstrip(".")

    def key_response(self, content: Content) -> dict[str, str]:
        """Match as the key does."""
        return {prompt["id"]: content["key"][prompt["id"]] for prompt in content["prompts"]}

    def likely_mistakes(self, content: Content) -> tuple[dict[str, str], ...]:
        """Exchange the options of two neighbouring prompts, in every way; leave prompts open."""
        key = self.key_response(content)
        exchanged = ({**key, one: key[other], other: key[one]} for one, other in pairwise(key))
        found = [response for response in exchanged if response != key]
        if "scoring" in content:
            pairs = list(key.items())
            found += [dict(pairs[:n_given]) for n_given in range(1, len(pairs))]
            ids = options.option_ids(content)
            found.append(
                {prompt: next(one for one in ids if one != right) for prompt, right in pairs}
            )
        return tuple(found)

    def explanations(self, content: Content) -> tuple[Rationale, ...]:
        """Explain each option."""
        return options.explained_options(content, None)

    def category(self, content: Content, response: Any) -> str:
        """Count by the whole match: `p1=b p2=a`."""
        if response is None:
            return ""
        prompts = check.part_ids(content, "prompts")
        return " ".join(f"{prompt}={response.get(prompt, '?')}" for prompt in prompts)


ITEM_TYPE = Matching()
