"""Words for what a verification found: one question a step, one sentence a reason."""

from dataclasses import dataclass

from examengine.credentials import (
    AwardingBody,
    Report,
    SignedBy,
    Statement,
    StepOutcome,
    Verdict,
    VerificationStep,
    signed_by,
)

QUESTIONS = {
    "readable": "Can it be read as one document?",
    "form": "Is it written in the one plain way?",
    "structure": "Is it a complete Open Badge?",
    "results": "Is every result described?",
    "signature": "Is the signature right?",
    "issuer_key": "Does the key belong to the issuer?",
    "claims": "Do token and credential say the same?",
    "dates": "Is it valid today?",
    "status": "Does it still hold?",
    "standing": "Is it the newest, and does its decision stand?",
    "endorsements": "Are its endorsements sound?",
    "recipient": "Was it given to the person you named?",
}

REASONS = {
    # true
    "one_document": "It is one document, and means one thing.",
    "plain_form": "What people and programs read is exactly what was signed.",
    "open_badge": "Everything an Open Badge 3.0 must say is there.",
    "results_described": "Each result says how it is to be read.",
    "signature_holds": "Not one character was changed since it was signed.",
    "issuer_controls_key": "The issuer publishes this key for signing credentials.",
    "claims_agree": "Both say the same.",
    "in_its_time": "Today lies between its first and its last day.",
    "valid_without_end": "It is valid and has no end date.",
    "not_revoked": "The issuer's status list says that it was not revoked.",
    "status_not_kept": "The issuer keeps no status list for it.",
    "endorsements_hold": "Each endorsement inside was checked too.",
    "no_endorsements": "It carries none.",
    "recipient_matches": "The address fits the one it was given to.",
    # the file
    "too_large": "The file is larger than any credential.",
    "too_deep": "It is nested deeper than any credential.",
    "too_many_values": "It has more parts than any credential.",
    "took_too_long": "Checking it took too long. Nothing is wrong with it that we know of.",
    "verifier_gone": "The check was broken off, through no fault of the file. Try again.",
    "open_badges_2": "It is a badge of Open Badges 2, which its issuer’s own site can check.",
    "selective_disclosure": "It is a token with selective disclosure, which is not read here.",
    "several_presented": "It presents several credentials at once. Send them one by one.",
    "not_utf8": "It is not text that can be read.",
    "not_json": "It is not JSON.",
    "not_an_object": "It is JSON, but no credential.",
    "not_base64url": "It looks like a token and cannot be decoded.",
    "duplicate_member": "A member stands there twice, so that programs may read different values.",
    "not_png": "It is not a PNG picture.",
    "not_an_image": "It is not a PNG or SVG picture.",
    "image_too_large": "The picture is larger than is read here.",
    "png_damaged": "The picture is damaged.",
    "svg_damaged": "The picture is damaged.",
    "svg_entity": "The picture declares entities, which are not read.",
    "no_credential": "The picture carries no credential.",
    "several_credentials": "The picture carries more than one credential.",
    "credential_compressed": "The credential in the picture is packed in a forbidden way.",
    "credential_misplaced": "The credential stands in the wrong place of the picture.",
    "credential_too_large": "The credential in the picture is larger than is read here.",
    # the form
    "context_invalid": "Its contexts are not the list that Open Badges 3.0 asks for.",
    "context_unknown": "It uses a vocabulary that is not known here.",
    "context_nested": "It changes the meaning of words in its middle.",
    "context_missing": "A vocabulary whose words it uses is not named.",
    "too_many_contexts": "It names more vocabularies than any credential needs.",
    "context_repeated": "It names a vocabulary twice.",
    "too_many_proofs": "It carries more signatures than any credential needs.",
    "too_many_endorsements": "It carries more endorsements than are checked at once.",
    "term_respelt": "A member is spelled so that people and programs do not see it.",
    "term_undefined": "It holds a member that no signature covers.",
    "iri_relative": "An identifier in it is incomplete, so that no signature covers it.",
    "form_ambiguous": "Programs could read it in two ways.",
    "json_ld_invalid": "It is not valid JSON-LD.",
    "control_character": "It holds a control character that cannot be signed safely.",
    "number_inexact": "It holds a number that programs read differently.",
    "graph_too_entangled": "It is built so that checking it would take too long.",
    # the structure
    "member_missing": "Something an Open Badge must say is missing.",
    "member_not_object": "A member has the wrong form.",
    "member_not_text": "A member that must be text is not.",
    "member_unknown": "A member stands where none is allowed.",
    "moment_invalid": "A date is none, or has no time zone.",
    "type_missing": "It does not say that it is an Open Badge.",
    "kind_unknown": "It is a credential, and no Open Badge; such ones are not checked here.",
    "value_unknown": "A value is not one of those allowed.",
    "recipient_missing": "It does not say to whom it was given.",
    "criteria_empty": "It does not say what it took to earn it.",
    "result_dangling": "A result points at a description that is not there.",
    "status_missing": "A result that must state a status does not.",
    # signature and key
    "proof_missing": "It is not signed.",
    "proof_malformed": "The signature is written in a way that cannot be read.",
    "suite_unknown": "It is signed in a way that cannot be checked here.",
    "purpose_wrong": "The signature was made for another purpose.",
    "proof_from_the_future": "The signature claims to be made later than now.",
    "proof_expired": "The signature has expired.",
    "signature_wrong": "It was changed after it was signed, or signed with another key.",
    "signature_malformed": "The signature is damaged.",
    "algorithm_not_allowed": "The token names a way of signing that is not allowed.",
    "algorithm_unknown": "The token is signed in a way that cannot be checked here.",
    "header_not_allowed": "The token's header holds what is not allowed.",
    "key_not_named": "It does not say with which key it was signed.",
    "key_kind_unknown": "The key is of a kind that cannot be checked here.",
    "key_kind_wrong": "The key does not fit the signature.",
    "key_size_wrong": "The key is too short or too long to be trusted.",
    "key_unreadable": "The issuer's key cannot be read.",
    "key_not_listed": "The issuer does not publish this key.",
    "key_not_for_assertion": "The issuer does not allow this key to sign credentials.",
    "key_revoked": "The issuer had revoked this key before the signature was made.",
    "key_expired": "This key had expired before the signature was made.",
    "key_not_published": "The token brings its own key, which does not show whose it is.",
    "issuer_unproven": "The issuer is named in a way that no key can be shown to belong to.",
    "key_set_unavailable": "The issuer's keys are published elsewhere and were not looked up.",
    "did_document_unavailable": "The issuer's keys are published elsewhere and were not looked up.",
    "did_document_foreign": "The published keys belong to somebody else.",
    "issuer_not_controller": "It was signed with the key of somebody else than its issuer.",
    "claim_vc_not_allowed": "The token hides the credential where it must not stand.",
    "development_key": "It was signed with a key for trying out: a test, not a qualification.",
    # dates, status, standing, recipient
    "not_yet_valid": "Its first day has not come.",
    "expired": "Its last day has passed.",
    "revoked": "The issuer has revoked it.",
    "suspended": "The issuer has suspended it.",
    "in_force": "It is the newest version, and the decision it states stands.",
    "superseded": "There is a newer version of it. Ask its holder for that one.",
    "decision_not_in_force": "The decision it states is no longer in force.",
    "attempt_voided": "The attempt it was awarded for was declared void.",
    "not_issued": "It bears our signature, but we have no record of it.",
    "status_purpose_unknown": "Its status list says something about it that is not read here.",
    "status_malformed": "It names its status list in a way that cannot be read.",
    "status_kind_unknown": "Its status is kept in a way that cannot be checked here.",
    "status_list_unavailable": "Its status list is published elsewhere and was not looked up.",
    "status_list_malformed": "Its status list cannot be read.",
    "status_list_foreign": "Its status list belongs to somebody else.",
    "status_list_forged": "Its status list was changed after it was signed.",
    "status_list_unproven": "The signature of its status list could not be checked.",
    "status_list_out_of_date": "Its status list is out of date.",
    "status_list_short": "Its status list is shorter than is safe.",
    "status_index_out_of_list": "Its place in the status list does not exist.",
    "status_purpose_differs": "Its status list is kept for another purpose.",
    "recipient_differs": "The address is not the one it was given to.",
    "recipient_not_asked": "Not asked: nobody was named.",
    "not_reached": "Not looked at, because an earlier question was answered with no.",
}

CLAIM_DIFFERS = "The token says something else than the credential."
IN_AN_ENDORSEMENT = "In an endorsement inside it: "

CAUTIONS = {
    "bears_our_name": "It bears the name of this awarding body, and is not from us. Do not take it "
    "for one of ours.",
    "bears_our_achievement": "It names an achievement as ours are named, and is not from us.",
    "address_like_ours": "Its address looks like ours, and is another one. Do not take it for one "
    "of ours.",
    "signer_unknown": "Whoever made this key signed it. Anybody can make one: it does not show "
    "who they are.",
    "created_elsewhere": "The achievement belongs to another address than the issuer does. Ask "
    "whether this issuer may award it.",
}

SIGNERS = {
    SignedBy.OURS: "this awarding body",
    SignedBy.ELSEWHERE: "not this awarding body; its key is published at that address",
    SignedBy.A_KEY: "not this awarding body; a key that belongs to whoever made it",
    SignedBy.NOT_SHOWN: "which the signature does not show",
}

SOUND = {
    SignedBy.OURS: ("good", "Verified", "This awarding body signed it, and nothing was changed."),
    SignedBy.ELSEWHERE: (
        "warn",
        "The signature is right; we do not know the signer",
        "Nothing was changed since it was signed. Whether to rely on it is a question of whether "
        "you know this signer and trust them.",
    ),
}
SOUND[SignedBy.A_KEY] = SOUND[SignedBy.ELSEWHERE]

UNSOUND = {
    Verdict.REJECTED: ("bad", "Not valid", "Do not rely on this credential."),
    Verdict.COULD_NOT_TELL: (
        "warn",
        "Could not tell",
        "Nothing speaks against it, but not everything could be checked here.",
    ),
}

STATUS_READ = "It is valid today, and its status list says that it was not revoked."
STATUS_NOT_KEPT = "It is valid today. Nobody keeps a list that would say whether it was revoked."

MARKS = {
    StepOutcome.TRUE: "yes",
    StepOutcome.FALSE: "no",
    StepOutcome.COULD_NOT_TELL: "could not tell",
}


@dataclass(frozen=True, slots=True)
class StepInWords:
    """One step in words."""

    question: str
    answer: str
    tone: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReportInWords:
    """A report in words: who signed and what they say first, then how it was checked.

    Attributes:
        tone: `good` only for what this installation signed itself.
        title: The outcome.
        text: What follows from it.
        cautions: What to be careful about.
        signed: Whether the key was found to be the issuer's.
        signer: Whose key it was, in words.
        stated: What the badge says of itself, or None when it could not be read.
        steps: How it was checked.
        test: Whether it is a TEST.
    """

    tone: str
    title: str
    text: str
    cautions: tuple[str, ...]
    signed: bool
    signer: str
    stated: Statement | None
    steps: tuple[StepInWords, ...]
    test: bool


def in_words(report: Report, body: AwardingBody) -> ReportInWords:
    """Return what a verification found, for people."""
    signer = signed_by(report, body)
    tone, title, text = _outcome(report, signer)
    ours_by_name = signer is SignedBy.OURS and body.named is not None
    if ours_by_name:
        text = text.replace("This awarding body", body.name)
    return ReportInWords(
        tone=tone,
        title=title,
        text=text,
        cautions=tuple(CAUTIONS[code] for code in report.cautions),
        signed=signer is not SignedBy.NOT_SHOWN,
        signer=f"{body.name}, which awards here" if ours_by_name else SIGNERS[signer],
        stated=report.stated,
        steps=tuple(_finding(step) for step in report.steps),
        test=report.test,
    )


def _outcome(report: Report, signer: SignedBy) -> tuple[str, str, str]:
    """Return tone, title and text; what speaks against a credential, or is not known, first."""
    if report.verdict is Verdict.VERIFIED:
        tone, title, text = SOUND[signer]
        read = any(step.reason == "not_revoked" for step in report.steps)
        return tone, title, f"{text} {STATUS_READ if read else STATUS_NOT_KEPT}"
    tone, title, text = UNSOUND[report.verdict]
    against = (
        StepOutcome.FALSE if report.verdict is Verdict.REJECTED else StepOutcome.COULD_NOT_TELL
    )
    first = next(step for step in report.steps if step.decisive and step.answer is against)
    return tone, title, f"{words_for(first.reason)} {text}"


def words_for(reason: str) -> str:
    """Return the sentence for a reason."""
    if reason in REASONS:
        return REASONS[reason]
    if reason.startswith("claim_") and reason.endswith("_differs"):
        return CLAIM_DIFFERS
    return IN_AN_ENDORSEMENT + REASONS[reason.removeprefix("endorsement_")]


def _finding(step: VerificationStep) -> StepInWords:
    tones = {StepOutcome.TRUE: "good", StepOutcome.FALSE: "bad", StepOutcome.COULD_NOT_TELL: "warn"}
    tone = tones[step.answer] if step.decisive else ""
    answer = (
        MARKS[step.answer]
        if step.decisive or step.answer is not StepOutcome.COULD_NOT_TELL
        else "–"
    )
    return StepInWords(QUESTIONS[step.name], answer, tone, words_for(step.reason), step.reason)
