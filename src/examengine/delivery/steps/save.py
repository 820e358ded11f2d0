"""Answer an item, answer it again, or take the answer back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from examengine.bank import ResponseMalformed
from examengine.delivery.answer_files import check_stored, takes_files
from examengine.delivery.answer_reading import as_draft, in_other_words, why_unreadable
from examengine.delivery.attempt import Answered, AttemptSoFar, Fields
from examengine.delivery.errors import AnswerMoved, LogFull, SaveMalformed
from examengine.delivery.form_in_play import FormInPlay, type_of
from examengine.delivery.log import LoggedEvent
from examengine.delivery.steps._event import Event
from examengine.delivery.steps._running import MOST_EVENTS, running
from examengine.delivery.steps._step import PageCommand, Recorded, Situation, Step
from examengine.delivery.text_edit import TextEdit, edit_between
from examengine.kernel.digest import digest_of_bytes

SHORTEST_EDITED = 120
"""Characters of a text of which the log holds what changed; a shorter one it holds whole."""
_TEXT_FIELD = "response"
"""The field of an item that is answered by one text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Save(PageCommand):
    """Answer an item: with a response as in files, or with the fields of its form."""

    item_id: str
    response: Any = None
    fields: Mapping[str, Sequence[str]] | None = None
    seen: int
    """Up to which version the page knew all answers to this item."""


class _Replacing(Event):
    """What takes the place of the answer before, whether it counts as one or not."""

    __slots__ = ()

    is_answer: ClassVar[bool] = True
    is_act: ClassVar[bool] = True

    def in_head(self, version: int) -> Mapping[str, Any]:
        """Return when an answer was last given."""
        return {"answered_version": version}


@dataclass(frozen=True, slots=True)
class ResponseSaved(_Replacing):
    """The candidate answered, changed an answer, or took it back (`response` is None)."""

    type: ClassVar[str] = "saved"

    at: datetime
    item_id: str
    response: Any
    seen: int
    """Up to which version of the log the page knew all answers to this item."""
    client: str | None
    """The page that sent it; None for a form sent without script."""
    seq: int | None
    """The page's own count of what it sent; a replay repeats it."""

    def words(self) -> str:
        """Say what happened, for staff."""
        if self.response is None:
            return f"The answer to {self.item_id} was taken back"
        return f"{self.item_id} was answered"

    def happen(self, so_far: AttemptSoFar, version: int) -> None:
        """Let this be the answer to the item."""
        so_far.answers[self.item_id] = Answered(self.at, version, self.client)
        so_far.responses[self.item_id] = self.response
        so_far.drafts.pop(self.item_id, None)


@dataclass(frozen=True, slots=True)
class ResponseEdited(_Replacing):
    """The candidate typed on: of a long text the log holds what changed, and what it came to."""

    type: ClassVar[str] = "edited"

    at: datetime
    item_id: str
    start: int
    """Characters of the text before, answer or draft, that stay in front of what changed."""
    removed: int
    inserted: str
    result: str
    """The digest of the whole text afterwards."""
    readable: bool
    """Whether it is an answer now; otherwise it is a draft."""
    seen: int
    client: str | None
    seq: int | None

    def words(self) -> str:
        """Say what happened, for staff."""
        if self.readable:
            return f"{self.item_id} was answered: the text was changed"
        return f"{self.item_id}: the text was changed and cannot be read; it is kept as a draft"

    def happen(self, so_far: AttemptSoFar, version: int) -> None:
        """Let the text that comes of it be the answer, or the draft."""
        before = _text_of(so_far.responses.get(self.item_id), so_far.drafts.get(self.item_id))
        text = TextEdit(self.start, self.removed, self.inserted).applied(before or "")
        so_far.answers[self.item_id] = Answered(self.at, version, self.client)
        so_far.responses[self.item_id] = text if self.readable else None
        if self.readable:
            so_far.drafts.pop(self.item_id, None)
        else:
            so_far.drafts[self.item_id] = {_TEXT_FIELD: (text,)}


@dataclass(frozen=True, slots=True)
class ResponseDrafted(_Replacing):
    """The candidate left something that cannot be read as an answer to the item.

    It takes the place of the answer before, which was given up, and counts as no answer.
    """

    type: ClassVar[str] = "drafted"

    at: datetime
    item_id: str
    fields: Fields
    """What was typed and chosen, word for word."""
    seen: int
    client: str | None
    seq: int | None

    def body(self) -> dict[str, Any]:
        """Return the event as plain JSON, without its moment."""
        return Event.body(self) | {"fields": _plain(self.fields)}

    def words(self) -> str:
        """Say what happened, for staff."""
        return f"{self.item_id} got an answer that cannot be read: it is kept as a draft"

    def happen(self, so_far: AttemptSoFar, version: int) -> None:
        """Keep the draft, in the place of the answer before."""
        so_far.answers[self.item_id] = Answered(self.at, version, self.client)
        so_far.responses[self.item_id] = None
        so_far.drafts[self.item_id] = self.fields


@dataclass(frozen=True, slots=True)
class ResponseSetAside(Event):
    """An answer came from a page that did not know of a newer one to the same item.

    It is kept and does not count; the candidate is asked which of the two is meant.
    """

    type: ClassVar[str] = "set_aside"
    is_answer: ClassVar[bool] = True
    is_act: ClassVar[bool] = True

    at: datetime
    item_id: str
    fields: Fields | None
    """What was typed and chosen, where it cannot be read."""
    response: Any
    newer: int
    """The version at which the answer was given that the page did not know of."""
    seen: int
    client: str | None
    seq: int | None

    def body(self) -> dict[str, Any]:
        """Return the event as plain JSON, without its moment."""
        fields = None if self.fields is None else _plain(self.fields)
        return Event.body(self) | {"fields": fields}

    def words(self) -> str:
        """Say what happened, for staff."""
        return (
            f"An answer to {self.item_id} was set aside: its page did not know of the answer "
            f"in event {self.newer}"
        )


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it was read."""

    item_id: str
    response: Any
    """In canonical form; None for no answer, and where none can be read."""
    fields: Fields | None
    """What was typed and chosen, where it cannot be read; None for every other answer."""


def read(command: Save, form: FormInPlay) -> Given:
    """Return the answer as it can be read.

    What was typed or chosen on a page and cannot be read at all is kept as a draft. An answer that
    came as in files is one or is refused: nobody typed it.

    Raises:
        ItemNotInForm, ResponseMalformed: It is no response to an item of this form.
    """
    item = form.item(command.item_id)
    item_type = type_of(item)
    if command.fields is None:
        return Given(item.item_id, item_type.read(item.content, command.response), None)
    try:
        raw = item_type.read_fields(item.content, command.fields)
        return Given(item.item_id, item_type.read(item.content, raw), None)
    except ResponseMalformed:
        return Given(item.item_id, None, as_draft(command.fields))


def decide(command: Save, situation: Situation) -> Event:
    """Answer an item, answer it again, take the answer back, or leave what cannot be read.

    An answer of a page that did not know of a newer one to the same item is set aside: it is kept,
    and does not count. Answers to other items never stand in each other's way.

    Raises:
        ItemNotInForm, ResponseMalformed: It is no response to an item of this form.
        AttemptNotStarted, AttemptClosed: The attempt is not running.
        SectionNotOpen, SectionOver: It is part of a section that is not open.
        SaveMalformed: The page claims to have seen what has not happened yet.
        FileRefused: It names a file that was never stored.
        LogFull: So much was noted that nothing more is.
    """
    given, head = read(command, situation.form), situation.head
    at = running(head, command.received_at)
    item = situation.open_item(command.item_id)
    if command.seen > head.version:
        raise SaveMalformed(f"seen is {command.seen}, and the log stands at {head.version}")
    if head.version >= MOST_EVENTS:
        raise LogFull(MOST_EVENTS)
    if takes_files(item):
        check_stored(item, given.response, situation.attempt())
    source: dict[str, Any] = {name: getattr(command, name) for name in ("seen", "client", "seq")}
    newer = _overtaken_by(command, situation)
    if newer is not None:
        return ResponseSetAside(at, given.item_id, given.fields, given.response, newer, **source)
    text = _text_of(given.response, given.fields)
    edit = None if text is None else _edited(given.item_id, text, situation)
    if text is not None and edit is not None:
        changed = (edit.start, edit.removed, edit.inserted, _digest_of(text))
        return ResponseEdited(at, given.item_id, *changed, given.fields is None, **source)
    if given.fields is None:
        return ResponseSaved(at, given.item_id, given.response, **source)
    return ResponseDrafted(at, given.item_id, given.fields, **source)


def _edited(item_id: str, text: str, situation: Situation) -> TextEdit | None:
    """Return what changed in a long text; None of a short one, or where most of it is new."""
    if len(text) < SHORTEST_EDITED:
        return None
    attempt = situation.attempt()
    before = _text_of(attempt.responses.get(item_id), attempt.drafts.get(item_id))
    if before is None:
        return None
    edit = edit_between(before, text)
    return edit if len(edit.inserted) <= len(text) // 2 else None


def _digest_of(text: str) -> str:
    return digest_of_bytes(text.encode())


def _text_of(response: Any, fields: Fields | None) -> str | None:
    """Return an answer or a draft that is one text; None of any other."""
    if fields is None:
        return response if isinstance(response, str) else None
    values = fields.get(_TEXT_FIELD, ())
    return values[0] if len(fields) == len(values) == 1 else None


def _overtaken_by(command: Save, situation: Situation) -> int | None:
    """Return the version of a newer answer to the item that the page did not know of, if any."""
    newest = situation.newest_after(command.item_id, command.seen)
    if newest is None or newest.version <= command.seen:
        return None
    own = command.client is not None and command.client == newest.client
    return None if own else newest.version


def is_same(command: Save, first: LoggedEvent, form: FormInPlay) -> bool:
    """Tell whether an answer is the one that was stored: to the letter, where it is a draft."""
    if first.type not in _ANSWERS or command.item_id != first.body["item_id"]:
        return False
    given = read(command, form)
    if first.type == ResponseEdited.type:
        text, readable = _text_of(given.response, given.fields), given.fields is None
        result = None if text is None else _digest_of(text)
        return (result, readable) == (first.body["result"], first.body["readable"])
    if given.fields is None:
        return first.type != ResponseDrafted.type and bool(given.response == first.body["response"])
    return bool(_plain(given.fields) == first.body.get("fields"))


def tell(command: Save, recorded: Recorded, row: LoggedEvent, form: FormInPlay) -> Recorded:
    """Add how an answer is read, and what it lacks.

    Raises:
        AnswerMoved: It stands in the log, set aside, and does not count.
    """
    if row.type == ResponseSetAside.type:
        raise AnswerMoved(row.body["item_id"], row.body["newer"], row.version)
    item, given = form.item(command.item_id), read(command, form)
    if given.fields is not None:
        return replace(recorded, unfinished=why_unreadable(item, given.fields))
    unfinished, echo = in_other_words(item, given.response)
    if unfinished is None and echo is None:
        return recorded
    return replace(recorded, unfinished=unfinished, echo=echo)


def _plain(fields: Fields) -> dict[str, list[str]]:
    return {name: list(values) for name, values in fields.items()}


_ANSWERS = frozenset(
    {ResponseSaved.type, ResponseEdited.type, ResponseDrafted.type, ResponseSetAside.type}
)
_THEN = datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
_TYPED = {"response": ["1", "2"]}
_RESULT = digest_of_bytes(b"a to the letter")

STEP = Step(
    command=Save,
    events=(ResponseSaved, ResponseEdited, ResponseDrafted, ResponseSetAside),
    decide=decide,
    is_same=is_same,
    tell=tell,
    example=lambda asked: Save(
        **asked, item_id="I-1", response="a", seen=1, client="page-number-one", seq=1
    ),
    example_events=(
        ResponseSaved(_THEN, "I-1", "a", 2, "page-one", 7),
        ResponseSaved(_THEN, "I-1", None, 2, None, None),
        ResponseEdited(_THEN, "I-1", 1, 0, " to the letter", _RESULT, True, 2, "page-one", 8),
        ResponseEdited(_THEN, "I-1", 1, 0, "\u200b", _RESULT, False, 2, "page-one", 9),
        ResponseDrafted(_THEN, "I-1", _TYPED, 2, "page-one", 8),
        ResponseSetAside(_THEN, "I-1", None, "b", 5, 2, "page-two", 1),
        ResponseSetAside(_THEN, "I-1", _TYPED, None, 5, 2, None, None),
    ),
)
