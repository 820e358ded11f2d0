"""What everybody can see.

Credentials that their holders show, how they are checked, and what the awarding body publishes
so that others can check them without us.
"""

from typing import Annotated, Literal
from uuid import UUID

import segno
from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import Response

from examengine import assembly, credentials
from examengine.credentials import IssuedCredential, present
from examengine.web.dependencies import (
    DepActor,
    DepAwardingBody,
    DepClock,
    DepPage,
    DepSession,
    DepVisitor,
)
from examengine.web.findings import in_words
from examengine.web.negotiation import prefers_json

router = APIRouter()

CREDENTIAL = "application/vc+ld+json"
PUBLISHED = {"access-control-allow-origin": "*", "cache-control": "public, max-age=60"}
NOT_KEPT = {"cache-control": "private, no-store"}
LONGEST_PASTE = 300_000


@router.get("/verify")
def show_verify(page: DepPage) -> Response:
    """Show the form that takes a credential of any awarding body."""
    return page("public/verify.html", findings=None, pasted="", recipient="")


@router.post("/verify")
def verify(
    session: DepSession,
    clock: DepClock,
    body: DepAwardingBody,
    page: DepPage,
    pasted: Annotated[str, Form(max_length=LONGEST_PASTE)] = "",
    recipient: Annotated[str, Form(max_length=254)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Verify what was sent: a file, or pasted text. Nothing of it is kept."""
    sent = file.file.read() if file is not None and file.filename else pasted.encode()
    findings = None
    if sent.strip():
        report = credentials.verify_here(session, clock, body, sent, recipient.strip() or None)
        findings = in_words(report)
    return page(
        "public/verify.html",
        "verify_result",
        findings=findings,
        pasted=pasted,
        recipient=recipient,
        nothing_sent=findings is None,
    )


@router.get("/credentials")
def list_own(actor: DepActor, session: DepSession, page: DepPage) -> Response:
    """Show the credentials of whoever is signed in."""
    held = [
        (credential, present(credential.document))
        for credential in credentials.credentials_of(session, actor)
    ]
    return page("public/credentials.html", held=held)


@router.get("/credentials/{credential_id}")
def show_credential(
    request: Request,
    credential_id: UUID,
    visitor: DepVisitor,
    session: DepSession,
    clock: DepClock,
    body: DepAwardingBody,
    page: DepPage,
) -> Response:
    """Show a credential and verify it now; programs that ask for JSON get the signed document."""
    credential = credentials.find_credential(session, visitor, credential_id)
    if prefers_json(request.headers.get("accept", "")):
        return _document(credential)
    report = credentials.verify_here(session, clock, body, credential.document)
    address = body.credential_url(credential_id)
    return page(
        "public/credential.html",
        credential=credential,
        shown=present(credential.document),
        findings=in_words(report),
        checked_at=clock.now(),
        holder=credentials.is_holder(visitor, credential),
        may_read_reason=credentials.may_read_reason(visitor, credential),
        address=address,
        qr=_qr(address),
    )


@router.get("/credentials/{credential_id}/credential.json")
def download_document(credential_id: UUID, visitor: DepVisitor, session: DepSession) -> Response:
    """Hand out the signed document, byte for byte as it was released."""
    return _document(credentials.find_credential(session, visitor, credential_id))


@router.get("/credentials/{credential_id}/badge.png")
def download_badge(credential_id: UUID, visitor: DepVisitor, session: DepSession) -> Response:
    """Hand out the badge's picture with the signed credential inside."""
    credential = credentials.find_credential(session, visitor, credential_id)
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
    session: DepSession,
    clock: DepClock,
    body: DepAwardingBody,
    page: DepPage,
    public: Annotated[bool, Form()] = False,
    name_shown: Annotated[bool, Form()] = False,
) -> Response:
    """Let the holder choose who sees the credential, and whether their name stands in it."""
    credentials.show(
        session, clock, body, actor, credential_id, public=public, name_shown=name_shown
    )
    return page("public/credential.html", then=f"/credentials/{credential_id}")


@router.get("/achievements/{exam_id}")
def show_achievement(
    exam_id: str, session: DepSession, body: DepAwardingBody, page: DepPage
) -> Response:
    """Show what passing an exam means; credentials point here."""
    exam = assembly.find_exam(session, exam_id)
    return page("public/achievement.html", exam=exam, body=body)


@router.get("/achievements/{exam_id}/{kind}.png")
def show_picture(
    exam_id: str, kind: Literal["badge", "test"], session: DepSession, body: DepAwardingBody
) -> Response:
    """Show the picture of an achievement: `badge.png`, or `test.png` with the TEST band."""
    exam = assembly.find_exam(session, exam_id)
    picture = credentials.draw_seal(body.achievement_url(exam.id), test=kind == "test")
    return Response(picture, media_type="image/png", headers=PUBLISHED)


@router.get("/.well-known/did.json")
def show_keys(body: DepAwardingBody) -> Response:
    """Publish the keys that sign credentials, the retired ones too."""
    return Response(
        credentials.as_bytes(body.did_document()), media_type="application/json", headers=PUBLISHED
    )


@router.get("/status/{number}")
def show_status_list(
    number: int, session: DepSession, clock: DepClock, body: DepAwardingBody
) -> Response:
    """Publish a status list, signed now."""
    listed = credentials.status_list_document(session, clock, body.signer(), body, number)
    return Response(listed, media_type=CREDENTIAL, headers=PUBLISHED)


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
