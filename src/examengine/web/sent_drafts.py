"""What an editor of items sends: fields of the item, what was pressed, a file, an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from examengine import bank
from examengine.bank import ItemDraft, MediaFile, UploadUnusable
from examengine.web.security import CSRF_FIELD

TRY = "try."
"""How the controls of the preview are named, so that no answer is taken for a field of the item."""
OF_THE_PAGE = frozenset(
    {CSRF_FIELD, "draft_seen", "draft_act", "draft_rule", "upload", "upload_poster", "yaml"}
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
    poster: bool
    """Whether the file is to stand before a video plays."""


async def sent_draft(request: Request) -> SentDraft:
    """Take the form of an editor apart."""
    form = await request.form()
    texts = {
        name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form
    }
    upload = form.get("upload")
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
        poster=_first(texts, "upload_poster") == "yes",
    )


DepSentDraft = Annotated[SentDraft, Depends(sent_draft)]


def content_of(
    draft: ItemDraft, sent: SentDraft
) -> tuple[dict[str, Any], MediaFile | None, UploadUnusable | None]:
    """Return what a form says, with what was pressed done to it, and the file that came along.

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
    if sent.upload is None:
        return content, None, None
    try:
        name, file = bank.read_upload(sent.upload.filename or "", sent.upload.file.read())
    except UploadUnusable as refusal:
        return content, None, refusal
    named = {"file": name, "digest": file.digest}
    try:
        return bank.with_upload(content, named, file.media_type, poster=sent.poster), file, None
    except UploadUnusable as refusal:
        return content, None, refusal


def _first(fields: Mapping[str, list[str]], name: str) -> str:
    values = fields.get(name, [])
    return values[0] if values else ""
