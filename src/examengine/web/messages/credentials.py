"""Words for what credentials refuse."""

from examengine.web.messages._message import Message

WORDS = {
    "too_many_verifications": Message(
        "Many credentials are being verified at this moment",
        "Yours was not looked at. Wait {retry_after} seconds, then send it again.",
    ),
    "credential_contexts_missing": Message(
        "Credentials cannot be signed or checked at the moment",
        "A part of the system is not installed ({file}). Nothing is lost. Tell the operator to "
        "run “make assets”.",
    ),
    "credential_not_awardable": Message(
        "This decision does not lead to a credential",
        "Nothing was issued: {why}. Only results that were passed and cleared lead to one.",
    ),
    "credential_not_baked": Message(
        "There is no credential in this picture",
        "Pictures lose it when they are edited, or sent through some apps. Ask the holder for "
        "the original file, or for the link.",
    ),
    "credential_not_canonical": Message(
        "This text cannot be signed",
        "{where} holds a character or a number that programs read differently. Correct it and "
        "try again.",
    ),
    "credential_not_found": Message(
        "There is no credential to show here",
        "The address may be incomplete, or its holder does not show it. If it is yours, sign in "
        "first.",
    ),
    "credential_issuing_moved": Message(
        "Somebody else is issuing at this moment",
        "Nothing of this page was issued. Look at the list again, then go on.",
    ),
    "credential_not_replaceable": Message(
        "There is nothing to make good",
        "This credential was not revoked, or a new one may follow it already. Look at the list "
        "again.",
    ),
    "credentials_overturned_moved": Message(
        "The list has changed since you looked",
        "You saw {seen}, now there are {found}. Nothing was revoked. Look at the list again, then "
        "decide.",
    ),
    "credential_not_json": Message(
        "This file is not a credential", "Choose the .json or .png file as it was downloaded."
    ),
    "credential_revoked_already": Message(
        "This credential was revoked already", "Nothing was changed; the first reason stays."
    ),
    "credential_self_check_failed": Message(
        "The credential was not released",
        "It did not pass our own check, so nothing was issued. Tell the operator: {reasons}.",
    ),
    "revocation_reason_missing": Message(
        "Please give a reason",
        "The holder reads it, and so does whoever hears an appeal. Nothing was revoked.",
    ),
    "signing_key_unusable": Message(
        "There is no key to sign with",
        "Credentials cannot be issued or changed until the operator has looked at the signing "
        "keys. Nothing is lost.",
    ),
    "status_list_not_found": Message(
        "There is no such status list", "Credentials name the address of the list they stand in."
    ),
}
