"""What an editor of items sends: fields of the item, what was pressed, a file, an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from examengine import bank
from examengine.bank import Content, ItemDraft, MediaFile, UploadUnusable
from examengine.web.security import CSRF_FIELD

TRY = "try."
"""How the controls of the preview are named, so that no answer is taken for a field of the item."""
OF_THE_PAGE = frozenset(
    {
        *(CSRF_FIELD, "draft_seen", "draft_act", "draft_rule", "yaml"),
        *("upload", "upload_poster", "upload_picture"),
    }
)
"""Fields that are no part of the item."""


@dataclass(frozen=True, slots=True)
class SentDraft:
    """What an editor sent."""

    fields: Mapping[str, list[str]]
    """Of the item."""
    answer: Mapping[str, list[str]]
    """Of the controls of the preview."""
    act: str
    """What was pressed: `add:options`, `up:options.1`, `try`, `rule`, `yaml`; "" for saving."""
    rule: str
    """The scoring rule whose fields the form showed."""
    text: str
    """The YAML, where that was sent."""
    upload: UploadFile | None
    """A figure or a recording, to be shown above the question."""
    picture: UploadFile | None
    """The picture that the item is answered in."""
    poster: bool
    """Whether the file is to stand before a video plays."""


async def sent_draft(request: Request) -> SentDraft:
    """Take the form of an editor apart."""
    form = await request.form()
    texts = {
        name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form
    }
    upload, picture = form.get("upload"), form.get("upload_picture")
    return SentDraft(
        fields={
            name: values
            for name, values in texts.items()
            if name not in OF_THE_PAGE and not name.startswith(TRY)
        },
        answer={
            name.removeprefix(TRY): values for name, values in texts.items() if name.startswith(TRY)
        },
        act=_first(texts, "draft_act")[:100],
        rule=_first(texts, "draft_rule"),
        text=_first(texts, "yaml"),
        upload=upload if isinstance(upload, UploadFile) and upload.filename else None,
        picture=picture if isinstance(picture, UploadFile) and picture.filename else None,
        poster=_first(texts, "upload_poster") == "yes",
    )


DepSentDraft = Annotated[SentDraft, Depends(sent_draft)]


@dataclass(frozen=True, slots=True)
class SentContent:
    """What a form says, and the files that came along with it."""

    content: dict[str, Any]
    files: tuple[MediaFile, ...] = ()
    unusable: UploadUnusable | None = None
    """Why a file was left out."""


def content_of(draft: ItemDraft, sent: SentDraft) -> SentContent:
    """Return what a form says, with what was pressed done to it, and the files that came along.

    A file that cannot be used is left out and told: what was typed is saved all the same.
    """
    fields = sent.fields
    if _first(fields, "scoring.rule") != sent.rule:
        # Another rule was chosen: what the form showed is of the one before.
        fields = {
            name: values
            for name, values in fields.items()
            if not name.startswith("scoring.") or name == "scoring.rule"
        }
    content = bank.with_proposed_words(bank.read_form(draft.content, fields))
    act, _, place = sent.act.partition(":")
    if place:
        content = bank.changed_rows(content, act, place)
    taken = SentContent(bank.with_rows_of_marks(content))
    for upload, put in (
        (sent.upload, partial(_with_part, poster=sent.poster)),
        (sent.picture, bank.with_picture),
    ):
        if upload is None:
            continue
        try:
            name, file = bank.read_upload(upload.filename or "", upload.file.read())
            content = put(taken.content, name, file)
        except UploadUnusable as refusal:  # by the name that its author knows
            taken = replace(taken, unusable=UploadUnusable(upload.filename or "", refusal.why))
        else:
            taken = replace(taken, content=content, files=(*taken.files, file))
    return taken


def _with_part(content: Content, name: str, file: MediaFile, *, poster: bool) -> dict[str, Any]:
    """Return a content that shows or plays a file above its question."""
    named = {"file": name, "digest": file.digest}
    return bank.with_upload(content, named, file.media_type, poster=poster)


def _first(fields: Mapping[str, list[str]], name: str) -> str:
    values = fields.get(name, [])
    return values[0] if values else ""
