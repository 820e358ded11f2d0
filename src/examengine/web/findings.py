"""Words for what a verification found: one question a step, one sentence a reason."""

from dataclasses import dataclass

from examengine.credentials import Answer, Report, Step, Verdict

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
    "member_empty": "A member is empty.",
    "member_not_object": "A member has the wrong form.",
    "member_not_text": "A member that must be text is not.",
    "member_unknown": "A member stands where none is allowed.",
    "moment_invalid": "A date is none, or has no time zone.",
    "type_missing": "It does not say that it is an Open Badge.",
    "value_unknown": "A value is not one of those allowed.",
    "recipient_missing": "It does not say to whom it was given.",
    "criteria_empty": "It does not say what it took to earn it.",
    "result_dangling": "A result points at a description that is not there.",
    "status_missing": "A result that must state a status does not.",
    # signature and key
    "proof_missing": "It is not signed.",
    "suite_unknown": "It is signed in a way that cannot be checked here.",
    "purpose_wrong": "The signature was made for another purpose.",
    "proof_from_the_future": "The signature claims to be made later than now.",
    "proof_expired": "The signature has expired.",
    "signature_wrong": "It was changed after it was signed, or signed with another key.",
    "signature_malformed": "The signature is damaged.",
    "algorithm_not_allowed": "The token names a way of signing that is not allowed.",
    "header_not_allowed": "The token's header holds what is not allowed.",
    "key_not_named": "It does not say with which key it was signed.",
    "key_kind_unknown": "The key is of a kind that cannot be checked here.",
    "key_kind_wrong": "The key does not fit the signature.",
    "key_size_wrong": "The key is too short or too long to be trusted.",
    "key_unreadable": "The issuer's key cannot be read.",
    "key_not_listed": "The issuer does not publish this key.",
    "key_not_for_assertion": "The issuer does not allow this key to sign credentials.",
    "key_set_unavailable": "The issuer's keys are published elsewhere and were not looked up.",
    "did_document_unavailable": "The issuer's keys are published elsewhere and were not looked up.",
    "did_document_foreign": "The published keys belong to somebody else.",
    "issuer_not_controller": "It was signed with the key of somebody else than its issuer.",
    "claim_vc_not_allowed": "The token hides the credential where it must not stand.",
    # dates, status, recipient
    "not_yet_valid": "Its first day has not come.",
    "expired": "Its last day has passed.",
    "revoked": "The issuer has revoked it.",
    "status_set": "The issuer has marked it in its status list.",
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

VERDICTS = {
    Verdict.VERIFIED: (
        "good",
        "Verified",
        "The signature is right, it is valid today and it was not revoked.",
    ),
    Verdict.REJECTED: ("bad", "Not valid", "Do not rely on this credential."),
    Verdict.COULD_NOT_TELL: (
        "warn",
        "Could not tell",
        "Nothing speaks against it, but not everything could be checked here.",
    ),
}

MARKS = {Answer.TRUE: "yes", Answer.FALSE: "no", Answer.COULD_NOT_TELL: "could not tell"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One step in words."""

    question: str
    answer: str
    tone: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Findings:
    """A report in words."""

    tone: str
    title: str
    text: str
    steps: tuple[Finding, ...]
    test: bool


def in_words(report: Report) -> Findings:
    """Return what a verification found, for people."""
    tone, title, text = VERDICTS[report.verdict]
    first_no = next((step for step in report.steps if step.answer is Answer.FALSE), None)
    return Findings(
        tone=tone,
        title=title,
        text=text if first_no is None else f"{words_for(first_no.reason)} {text}",
        steps=tuple(_finding(step) for step in report.steps),
        test=report.test,
    )


def words_for(reason: str) -> str:
    """Return the sentence for a reason."""
    if reason in REASONS:
        return REASONS[reason]
    if reason.startswith("claim_") and reason.endswith("_differs"):
        return CLAIM_DIFFERS
    return IN_AN_ENDORSEMENT + REASONS[reason.removeprefix("endorsement_")]


def _finding(step: Step) -> Finding:
    tones = {Answer.TRUE: "good", Answer.FALSE: "bad", Answer.COULD_NOT_TELL: "warn"}
    tone = tones[step.answer] if step.decisive else ""
    answer = (
        MARKS[step.answer] if step.decisive or step.answer is not Answer.COULD_NOT_TELL else "–"
    )
    return Finding(QUESTIONS[step.name], answer, tone, words_for(step.reason), step.reason)
