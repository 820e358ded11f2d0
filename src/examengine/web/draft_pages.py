"""A draft as its pages show it: what is to be mended, how it looks, what answers are worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fastapi.responses import Response
from sqlmodel import Session

from examengine import bank
from examengine.accounts import Actor
from examengine.bank import (
    ITEM_TYPES,
    Advice,
    AreasOnPicture,
    Bank,
    Content,
    DraftMoved,
    DraftText,
    DrawnForm,
    ItemDraft,
    MediaFile,
    Preview,
    ResponseMalformed,
    Tried,
    UploadUnusable,
)
from examengine.kernel.errors import ExamError
from examengine.web.errors import STATUS
from examengine.web.messages import Message, message_for
from examengine.web.page import Page, render


@dataclass(frozen=True, slots=True)
class Writing:
    """A draft as its page shows it."""

    content: Content
    form: DrawnForm | None
    """None where the item is edited as YAML alone."""
    told: tuple[Advice, ...]
    preview: Preview
    tried: Tried | None
    untried: str
    """Why an answer to the preview could not be read."""
    marked: AreasOnPicture | None
    """What is marked on its picture."""
    lost: tuple[str, ...]
    """What a form of it would lose; () where there is one, and where its type has none."""

    @property
    def lacking(self) -> list[str]:
        """Return what it lacks to be looked at, as people call it."""
        called = (
            (one.where if self.form is None else self.form.called_at(one.where))
            for one in self.preview.lacking
        )
        return list(dict.fromkeys(called))


def writing_of(
    session: Session,
    actor: Actor,
    found: Bank,
    draft: ItemDraft,
    content: Content,
    answer: Mapping[str, Sequence[str]],
    coming: Sequence[MediaFile] = (),
) -> Writing:
    """Look at what was written: what is to be mended, how it looks, what is answered."""
    faults = bank.faults_of_draft(session, actor, replace(draft, content=content), coming)
    told: list[Advice] = [Advice(fault.where, fault.what, grave=True) for fault in faults]
    if not faults:
        found_by_lint = bank.findings_of_draft(session, actor, found, content)
        told = [
            *(Advice(one.fault.where, one.fault.what, grave=True) for one in found_by_lint.errors),
            *(
                Advice(one.fault.where, one.fault.what, grave=False)
                for one in found_by_lint.warnings
            ),
        ]
    tried, untried = None, ""
    try:
        tried = bank.tried(content, answer)
    except ResponseMalformed as refusal:
        untried = refusal.reason
    form = DrawnForm(content, found, told) if bank.fits_form(content) else None
    return Writing(
        content=content,
        form=form,
        told=tuple(told if form is None else form.told),
        preview=bank.preview(content, found.language),
        tried=tried,
        untried=untried,
        marked=bank.areas_on_picture(content),
        lost=bank.lost_in_form(content) if form is None else (),
    )


def drawn_parts(templates: Any, found: Bank, writing: Writing) -> dict[str, Any]:
    """Return what a script puts in its place while somebody types."""
    shown = {"bank": found, "writing": writing}
    beside: dict[str, list[str]] = {}
    for one in writing.told:
        beside.setdefault(one.name, []).append(one.what)
    return {
        "beside": beside,
        **{
            name: render(templates, "author/editor.html", name, shown)
            for name in ("told", "areas", "preview")
        },
        "rows": _rows_of_marks(templates, writing),
    }


def _rows_of_marks(templates: Any, writing: Writing) -> dict[str, dict[str, str]]:
    """Return the rows that come and go with the marks of a text, by the id of their list."""
    form = writing.form
    if form is None:
        return {}
    return {
        field.name: {
            "marks": form.marks_of(field),
            "html": render(
                templates, "author/_rows_of_marks.html", None, {"form": form, "field": field}
            ),
        }
        for field in form.rows_of_marks
    }


def editor_page(
    page: Page,
    found: Bank,
    draft: ItemDraft,
    writing: Writing,
    *,
    refusal: ExamError | None = None,
    focus: str = "",
    text: str | None = None,
    read: DraftText | None = None,
    as_yaml: bool = False,
) -> Response:
    """Draw the editor; refused, it shows what was sent and why it was not taken."""
    as_yaml = as_yaml or text is not None or writing.form is None
    text = bank.draft_text(writing.content) if text is None else text
    read = read or bank.read_draft_text(text, draft, ())
    unread = read.content is None
    words: Message | None = None if refusal is None else message_for(refusal, page.time_zone)
    stored = refusal is None or isinstance(refusal, UploadUnusable)
    status = 422 if unread and as_yaml else 200
    if refusal is not None and not stored:
        status = STATUS[refusal.kind]
    moved = isinstance(refusal, DraftMoved)
    return page(
        "author/editor.html",
        "editing",
        status=status,
        bank=found,
        draft=draft,
        writing=writing,
        form=writing.form,
        item_type=ITEM_TYPES.get(str(writing.content.get("type"))),
        refusal=words,
        stored=stored,
        theirs=bank.compared(draft.content, writing.content) if moved else (),
        focus=focus,
        as_yaml=as_yaml,
        text=text,
        text_faults=read.faults if unread else read.at_lines(_faults_told(writing)),
    )


def version_page(
    page: Page,
    session: Session,
    actor: Actor,
    draft: ItemDraft,
    *,
    refusal: ExamError | None = None,
    reason: str = "",
) -> Response:
    """Draw the page on which a version is made of a draft; refused, it says why."""
    found = bank.find_bank(session, actor, draft.bank_id)
    newest = bank.newest_version(session, actor, draft)
    history = bank.item_history(session, actor, found.id, draft.item_id) if newest else []
    based_on = next((one for one in history if one.version == draft.based_on), None)
    return page(
        "author/draft_version.html",
        status=200 if refusal is None else STATUS[refusal.kind],
        bank=found,
        draft=draft,
        writing=writing_of(session, actor, found, draft, draft.content, {}),
        newest=newest,
        based_on=based_on,
        fields=() if based_on is None else bank.compared(based_on.content, draft.content),
        refusal=None if refusal is None else message_for(refusal, page.time_zone),
        reason=reason,
    )


def _faults_told(writing: Writing) -> list[bank.ItemFault]:
    return [bank.ItemFault(one.where, one.what) for one in writing.told]


def focus_after(act: str, writing: Writing) -> str:
    """Return which row or list gets the focus after rows have changed."""
    verb, _, place = act.partition(":")
    name, _, row = place.rpartition(".")
    form = writing.form
    if form is None or not place:
        last = form.size("stimulus") - 1 if form is not None else 0
        at = {"try": "tried", "rule": "scoring.rule", "picture": "picture.alt"}
        return at.get(verb, f"stimulus.{last}" if verb == "upload" else "")
    if verb == "add":
        listed = "stimulus" if place.startswith("stimulus.") else place
        return f"{listed}.{form.size(listed) - 1}"
    if verb == "remove":
        return name if not form.size(name) else f"{name}.{min(int(row), form.size(name) - 1)}"
    moved = int(row) + (-1 if verb == "up" else 1)
    return f"{name}.{min(max(moved, 0), form.size(name) - 1)}"
