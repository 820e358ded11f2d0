"""Words for what accounts refuse."""

from examengine.web.messages._message import Message

WORDS = {
    "administrator_there": Message(
        "There is an administrator",
        "Whoever administers this installation can give you an account and a role. "
        "An operator can do so, too: examengine person add.",
    ),
    "exam_runs": Message(
        "Your exam is running",
        "Go on with it under My exams, and hand it in. When it is over you can switch to another "
        "organisation.",
    ),
    "first_token_wrong": Message(
        "This is not the token",
        "It stands on the console where the server was started, in the line that begins with "
        "“No administrator yet”. Copy it whole.",
    ),
    "email_malformed": Message(
        "This is not an e-mail address", "Write it as name@example.org and send the form again."
    ),
    "email_mixed": Message(
        "This address mixes letters of different alphabets",
        "“{word}” in {email} has letters of: {alphabets}. Some of them look alike and are not the "
        "same. Type the address by hand instead of copying it.",
    ),
    "email_taken": Message(
        "This address is taken",
        "{email}, or an address that looks the same, belongs to {name} already. "
        "Use another address, or that account.",
    ),
    "language_malformed": Message(
        "This is no language tag", "Write it as in en, de or pt-BR. Nothing was changed."
    ),
    "last_administrator": Message(
        "Somebody has to stay administrator",
        "This is the last open account that can give roles. "
        "Make somebody else administrator first.",
    ),
    "logo_missing": Message("There is no logo", "This organisation has none."),
    "logo_unusable": Message(
        "This file cannot be the logo",
        "Nothing was changed: {why}. Give a PNG, a JPEG or an SVG.",
    ),
    "not_allowed": Message(
        "This page is not yours to open",
        "You are signed in, but this needs another role. If you think it should be yours, "
        "ask an administrator.",
    ),
    "not_signed_in": Message("Please sign in", "Sign in, and you can go on where you were."),
    "first_organisation_stays": Message(
        "The first organisation stays",
        "It is the one that an installation has from the beginning. Others can be removed.",
    ),
    "organisation_code_taken": Message(
        "There is an organisation of this code", "Give the new one another code."
    ),
    "organisation_code_unfit": Message(
        "This cannot be the code of an organisation",
        "It stands in addresses for ever: small letters, digits and hyphens, 2 to 40 of them, "
        "beginning with a letter.",
    ),
    "organisation_has_records": Message(
        "This organisation holds records, and stays",
        "{organisation} holds {held}. Somebody may have to answer for them. Close the accounts of "
        "its people instead.",
    ),
    "organisation_name_alike": Message(
        "This name looks like another organisation’s",
        "Nothing was changed. “{name}” is easily taken for “{other}”, which awards here, too. "
        "Choose another one, or say below that you mean it.",
    ),
    "organisation_name_unfit": Message(
        "This cannot be the name of an organisation", "Nothing was changed: {why}."
    ),
    "time_zone_unknown": Message(
        "There is no such time zone", "Write it as in Europe/Vienna, or UTC."
    ),
    "organisation_unknown": Message(
        "There is no such organisation",
        "Nothing is published at this address. Check it, or go to the start page.",
    ),
    "own_matter": Message(
        "This concerns yourself",
        "You are enrolled in this exam, or the attempt or credential is your own. Somebody else "
        "with your role has to do this; nothing was changed.",
    ),
    "own_roles": Message(
        "Somebody else has to give you this role",
        "Nobody gives roles to themself while there is another administrator. Ask one of them.",
    ),
    "password_due": Message(
        "Please choose a password of your own",
        "Somebody else knows the one you have. Change it under Password, and go on.",
    ),
    "password_guessable": Message(
        "This password is among the first that are guessed",
        "It is a common one, or is made of a word, a date, a row of keys or a repeat. Choose four "
        "or five words that have nothing to do with each other, or let a password manager make "
        "one.",
    ),
    "password_own_name": Message(
        "This password is little more than a name",
        "Leave out your own name, your address and “examengine”. Four or five words that have "
        "nothing to do with each other do well.",
    ),
    "password_too_weak": Message(
        "This password cannot protect an account",
        "Choose one with {shortest} to {longest} characters. A few unrelated words do well.",
    ),
    "person_of_several": Message(
        "This person belongs to another organisation, too",
        "A password set here would open its doors as well. They can change it themselves under "
        "Password; if they have lost it, the operator of this installation sets a new one.",
    ),
    "password_unchanged": Message(
        "This is the password you have", "Choose another one: the old one may be known to somebody."
    ),
    "password_wrong": Message(
        "Your present password is another one",
        "Nothing was changed. Type the password with which you signed in. If you do not know it "
        "any more, ask an administrator for a new one.",
    ),
    "passwords_differ": Message(
        "The two new passwords are not the same", "Nothing was changed. Type the new one twice."
    ),
    "person_unknown": Message(
        "There is no such person", "The account may have been removed. Go back to the list."
    ),
    "sat_elsewhere": Message(
        "You are sitting an exam on another device",
        "It goes on there. To go on here, open the exam under My exams and confirm that it moves.",
    ),
    "sign_in_busy": Message(
        "Many people are signing in just now",
        "Nothing is wrong with your password. Try again in {retry_after} seconds.",
    ),
    "sign_in_refused": Message(
        "The e-mail address and the password do not belong together",
        "Check both and try again. If you are a candidate, your address is the one in your "
        "invitation.",
    ),
    "too_many_sign_ins": Message(
        "Too many wrong passwords",
        "To protect the account, signing in rests here. Try again in {minutes} minutes. If you sit "
        "an exam now, do not wait: ask the invigilator to let you in, and type the code they give "
        "you below.",
    ),
}
