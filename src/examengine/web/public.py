"""What everybody can see.

Credentials that their holders show, how they are checked, and what the awarding body publishes
so that others can check them without us.
"""

import hashlib
from typing import Annotated, Literal
from uuid import UUID

import segno
from fastapi import APIRouter, File, Form, Path, Request, UploadFile
from fastapi.responses import Response

from examengine import accounts, credentials
from examengine.credentials import IssuedCredential, SignedBy, present
from examengine.kernel.clock import iso
from examengine.web import standings
from examengine.web.dependencies import (
    DepActor,
    DepAskedCredential,
    DepAwardingBody,
    DepClock,
    DepComponents,
    DepPage,
    DepPublished,
    DepPublisher,
    DepSession,
    DepVerifications,
)
from examengine.web.findings import in_words
from examengine.web.masthead import bear
from examengine.web.negotiation import prefers_json, prefers_page

router = APIRouter()

CREDENTIAL = "application/vc+ld+json"
PUBLISHED = {"access-control-allow-origin": "*", "cache-control": "public, max-age=60"}
NOT_KEPT = {"cache-control": "private, no-store"}
NOW_ONLY = {"access-control-allow-origin": "*", "cache-control": "no-store", "vary": "Accept"}
"""For what changes at once, and is different for whoever asks for a page."""
LONGEST_PASTE = 300_000


@router.get("/verify")
def show_verify(page: DepPage) -> Response:
    """Show the form that takes a credential of any awarding body."""
    return page("public/verify.html", findings=None, ours=None, pasted="", recipient="")


@router.post("/verify")
async def verify(
    request: Request,
    verifications: DepVerifications,
    page: DepPage,
    pasted: Annotated[str, Form(max_length=LONGEST_PASTE)] = "",
    recipient: Annotated[str, Form(max_length=254)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Verify what was sent: a file, or pasted text. Nothing of it is kept."""
    sent = await file.read() if file is not None and file.filename else pasted.encode()
    findings = ours = None
    if sent.strip():
        report, named = await verifications.verify(sent, recipient.strip() or None)
        findings = in_words(report, named)
        if credentials.signed_by(report, named) is SignedBy.OURS:
            ours = named
            bear(request, ours)
    return page(
        "public/verify.html",
        "verify_result",
        findings=findings,
        ours=ours,
        pasted=pasted,
        recipient=recipient,
        nothing_sent=findings is None,
    )


@router.get("/credentials")
def list_own(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the credentials of whoever is signed in."""
    held = [
        (
            credential,
            present(credential.document),
            standings.in_words(credentials.status_of(session, credential)),
        )
        for credential in credentials.credentials_of(session, actor)
    ]
    return page("public/credentials.html", held=held)


@router.get("/credentials/{credential_id}")
def show_credential(
    request: Request,
    credential_id: UUID,
    asked: DepAskedCredential,
    clock: DepClock,
    page: DepPage,
) -> Response:
    """Show a credential and verify it now; programs that ask for JSON get the signed document."""
    session, body, visitor = asked.session, asked.body, asked.visitor
    credential = credentials.find_credential(session, visitor, credential_id)
    if prefers_json(request.headers.get("accept", "")):
        return _document(credential)
    report = credentials.verify_here(session, clock, body, credential.document)
    address = body.credential_url(credential_id)
    return page(
        "public/credential.html",
        credential=credential,
        stands=standings.in_words(credentials.status_of(session, credential)),
        shown=present(credential.document),
        findings=in_words(report, body),
        body=body,
        checked_at=clock.now(),
        holder=credentials.is_holder(visitor, credential),
        may_read_reason=credentials.may_read_reason(visitor, credential),
        address=address,
        qr=_qr(address),
    )


@router.get("/credentials/{credential_id}/credential.json")
def download_document(credential_id: UUID, asked: DepAskedCredential) -> Response:
    """Hand out the signed document, byte for byte as it was released."""
    return _document(credentials.find_credential(asked.session, asked.visitor, credential_id))


@router.get("/credentials/{credential_id}/standing")
def show_standing(
    request: Request,
    credential_id: UUID,
    asked: DepAskedCredential,
    clock: DepClock,
    page: DepPage,
) -> Response:
    """Say how a credential stands now: as JSON, or as a page to whoever asks for one.

    Whoever has a copy may ask, though its holder shows it to nobody: the answer names no person.
    """
    versions = credentials.statuses_of(asked.session, credential_id)
    if not prefers_page(request.headers.get("accept", "")):
        stated = standings.as_json(
            *(credential_id, asked.body.standing_url(credential_id), asked.body.did),
            *(iso(clock.now()), versions),
        )
        return Response(
            credentials.as_bytes(stated), media_type="application/json", headers=NOW_ONLY
        )
    return page(
        "public/standing.html",
        credential_id=credential_id,
        stands=standings.in_words(versions[0].standing),
        versions=[(one, standings.in_words(one.standing)) for one in versions],
        checked_at=clock.now(),
    )


@router.get("/credentials/{credential_id}/badge.png")
def download_badge(credential_id: UUID, asked: DepAskedCredential) -> Response:
    """Hand out the badge's picture with the signed credential inside."""
    credential = credentials.find_credential(asked.session, asked.visitor, credential_id)
    shown = present(credential.document)
    picture = credentials.draw_seal(shown.achievement, test=shown.test)
    return Response(
        credentials.bake(picture, credential.document),
        media_type="image/png",
        headers={**NOT_KEPT, "content-disposition": f'attachment; filename="{credential_id}.png"'},
    )


@router.post("/credentials/{credential_id}/sharing")
def share(
    credential_id: UUID,
    actor: DepActor,
    components: DepComponents,
    clock: DepClock,
    body: DepAwardingBody,
    page: DepPage,
    public: Annotated[bool, Form()] = False,
    name_shown: Annotated[bool, Form()] = False,
) -> Response:
    """Let the holder choose who sees the credential, and whether their name stands in it."""
    credentials.show(
        components.engine_of(actor),
        clock,
        body,
        actor,
        credential_id,
        public=public,
        name_shown=name_shown,
    )
    return page("public/credential.html", then=f"/credentials/{credential_id}")


@router.get("/o/{organisation}/achievements/{exam_id}")
@router.get("/achievements/{exam_id}")
def show_achievement(
    request: Request,
    exam_id: str,
    session: DepPublished,
    publisher: DepPublisher,
    components: DepComponents,
    page: DepPage,
) -> Response:
    """Show what passing an exam means; credentials point here."""
    exam = credentials.exam_behind_achievement(session, exam_id)
    body = components.body_of(publisher.organisation_id)
    bear(request, body)
    return page("public/achievement.html", exam=exam, body=body)


@router.get("/o/{organisation}/achievements/{exam_id}/{kind}.png")
@router.get("/achievements/{exam_id}/{kind}.png")
def show_picture(
    request: Request,
    exam_id: str,
    kind: Literal["badge", "test"],
    session: DepPublished,
    body: DepPublisher,
) -> Response:
    """Show the picture of an achievement: `badge.png`, or `test.png` with the TEST band."""
    exam = credentials.exam_behind_achievement(session, exam_id)
    picture = credentials.draw_seal(body.achievement_url(exam.id), test=kind == "test")
    return _published(request, picture, "image/png")


@router.get("/o/{organisation}/logo")
@router.get("/logo")
def show_logo(request: Request, session: DepPublished, body: DepPublisher) -> Response:
    """Show the logo of an organisation; credentials point here, and pages name its digest, too.

    Under its digest it never changes. Opened by itself it may do nothing.
    """
    found = accounts.logo_of(session, body.organisation_id)
    answer = _published(request, found.data, found.media_type)
    answer.headers["content-security-policy"] = "default-src 'none'; sandbox"
    if request.url.query == found.short_digest:
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
    return answer


@router.get("/o/{organisation}/did.json")
@router.get("/.well-known/did.json")
def show_keys(request: Request, body: DepPublisher) -> Response:
    """Publish the keys that sign credentials, the retired ones too."""
    return _published(request, credentials.as_bytes(body.did_document()), "application/json")


@router.get("/o/{organisation}/status/{number}")
@router.get("/status/{number}")
def show_status_list(
    number: Annotated[int, Path(ge=0, le=1_000_000_000)],
    session: DepPublished,
    clock: DepClock,
    body: DepPublisher,
) -> Response:
    """Publish a status list, signed now."""
    listed = credentials.status_list_document(session, clock, body.signer(), body, number)
    return Response(listed, media_type=CREDENTIAL, headers=PUBLISHED)


def _published(request: Request, content: bytes, media_type: str) -> Response:
    """Return a published document, or the word that it has not changed since it was fetched."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {**PUBLISHED, "etag": tag}
    asked = request.headers.get("if-none-match", "").split(",")
    known = {part.strip().removeprefix("W/") for part in asked}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=media_type, headers=headers)


def _document(credential: IssuedCredential) -> Response:
    return Response(
        credential.document,
        media_type=CREDENTIAL,
        headers={
            **NOT_KEPT,
            "vary": "Accept",
            "content-disposition": f'inline; filename="{credential.id}.json"',
        },
    )


def _qr(address: str) -> str:
    """Return a QR code of `address` as SVG without size, colour or style of its own."""
    drawn: str = segno.make(address, error="m").svg_inline(
        border=4, omitsize=True, svgclass="qr", lineclass=None, title=f"QR code: {address}"
    )
    return drawn
