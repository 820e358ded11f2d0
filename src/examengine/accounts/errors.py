"""What can be refused when somebody signs in or acts."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from examengine.kernel.errors import ExamError, Kind


class NotSignedIn(ExamError):
    """Nobody is signed in, or the session has ended."""

    code = "not_signed_in"
    kind = Kind.UNAUTHENTICATED


class NotAllowed(ExamError):
    """The person is known, and this is not theirs to do."""

    code = "not_allowed"
    kind = Kind.FORBIDDEN

    def __init__(self, needed: Iterable[str] = ()) -> None:
        self.needed = tuple(needed)
        super().__init__(f"needs one of: {', '.join(self.needed) or 'another person'}")


class OwnMatter(ExamError):
    """The attempt, exam or credential is the actor's own: somebody else has to act."""

    code = "own_matter"
    kind = Kind.FORBIDDEN


class OwnRoles(ExamError):
    """An administrator gives themself roles although another one could."""

    code = "own_roles"
    kind = Kind.FORBIDDEN


class SignInRefused(ExamError):
    """No such person, a wrong password, or a closed account: never told apart."""

    code = "sign_in_refused"
    kind = Kind.UNAUTHENTICATED


class TooManySignIns(ExamError):
    """Too many wrong passwords from where somebody signs in; known accounts are not told apart."""

    code = "too_many_sign_ins"
    kind = Kind.TOO_MANY

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        self.minutes = -(-retry_after // 60)
        super().__init__(f"try again in {retry_after} s")


class SignInBusy(ExamError):
    """More people sign in at this moment than can be checked."""

    code = "sign_in_busy"
    kind = Kind.TOO_MANY

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"try again in {retry_after} s")


class PasswordDue(ExamError):
    """The password was set by somebody else, and has to be changed before anything else."""

    code = "password_due"
    kind = Kind.FORBIDDEN


class SatElsewhere(ExamError):
    """The exam is being sat in another session of the same person; it moves on their word only."""

    code = "sat_elsewhere"
    kind = Kind.CONFLICT


class OrganisationUnknown(ExamError):
    """There is no such organisation."""

    code = "organisation_unknown"
    kind = Kind.NOT_FOUND


class ExamRuns(ExamError):
    """Somebody is sitting an exam, and turns to another organisation only when it is over."""

    code = "exam_runs"
    kind = Kind.CONFLICT


class OrganisationCodeUnfit(ExamError):
    """What was typed cannot stand in addresses and a DID for ever."""

    code = "organisation_code_unfit"
    kind = Kind.INVALID


class OrganisationCodeTaken(ExamError):
    """There is an organisation of this code already."""

    code = "organisation_code_taken"
    kind = Kind.CONFLICT


class TimeZoneUnknown(ExamError):
    """There is no time zone of this name."""

    code = "time_zone_unknown"
    kind = Kind.INVALID


class LanguageMalformed(ExamError):
    """What was typed has not the shape of a language tag."""

    code = "language_malformed"
    kind = Kind.INVALID


class OrganisationNameUnfit(ExamError):
    """What was typed cannot be the name of an organisation."""

    code = "organisation_name_unfit"
    kind = Kind.INVALID

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"this cannot be the name of an organisation: {why}")


class OrganisationNameAlike(ExamError):
    """Another organisation has a name that looks the same; whoever means it says so."""

    code = "organisation_name_alike"
    kind = Kind.CONFLICT

    def __init__(self, name: str, other: str) -> None:
        self.name, self.other = name, other
        super().__init__(
            f"{name!r} looks like {other!r}, the name of another organisation here; say so if it "
            "is meant"
        )


class LogoUnusable(ExamError):
    """A file cannot be shown as the logo of an organisation."""

    code = "logo_unusable"
    kind = Kind.INVALID

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"the logo cannot be used: {why}")


class LogoMissing(ExamError):
    """An organisation has no logo."""

    code = "logo_missing"
    kind = Kind.NOT_FOUND


class FirstOrganisationStays(ExamError):
    """The first organisation cannot be removed: every installation has it."""

    code = "first_organisation_stays"
    kind = Kind.CONFLICT


class OrganisationHasRecords(ExamError):
    """An organisation holds records that somebody may have to answer for."""

    code = "organisation_has_records"
    kind = Kind.CONFLICT

    def __init__(self, organisation: str, held: Mapping[str, int]) -> None:
        self.organisation = organisation
        self.held = ", ".join(f"{name.replace('_', ' ')}: {n}" for name, n in sorted(held.items()))
        super().__init__(
            f"{organisation} holds records, and stays ({self.held}); "
            "close the accounts of its people instead"
        )


class PersonUnknown(ExamError):
    """There is no such person."""

    code = "person_unknown"
    kind = Kind.NOT_FOUND


class AdministratorThere(ExamError):
    """There is an administrator, so nobody is made one without another's word."""

    code = "administrator_there"
    kind = Kind.NOT_FOUND


class FirstTokenWrong(ExamError):
    """The token is not the one that stands on the operator's console."""

    code = "first_token_wrong"
    kind = Kind.INVALID


class EmailTaken(ExamError):
    """Another person has this address already, or one that looks the same.

    Whose it is, is said where they belong to the same organisation.
    """

    code = "email_taken"
    kind = Kind.CONFLICT

    def __init__(self, email: str, person_id: UUID | None = None, name: str | None = None) -> None:
        self.email, self.person_id, self.name = email, person_id, name or "somebody"
        super().__init__(f"{email} belongs to {self.name} already")


class PersonOfSeveral(ExamError):
    """Somebody belongs to other organisations, too: none of them alone may set their password."""

    code = "person_of_several"
    kind = Kind.CONFLICT


class EmailMalformed(ExamError):
    """The text is no e-mail address."""

    code = "email_malformed"
    kind = Kind.INVALID

    def __init__(self, email: str) -> None:
        self.email = email[:200]
        super().__init__(f"{self.email!r} is no e-mail address; write it as name@example.org")


class EmailMixed(ExamError):
    """A word of an address has letters of two alphabets, which look alike and are not."""

    code = "email_mixed"
    kind = Kind.INVALID

    def __init__(self, email: str, word: str, alphabets: Iterable[str]) -> None:
        self.email, self.word, self.alphabets = email, word, tuple(alphabets)
        super().__init__(f"{word!r} in {email!r} mixes {' and '.join(self.alphabets)}")


class PasswordTooWeak(ExamError):
    """The password is too short, or too long to hash."""

    code = "password_too_weak"
    kind = Kind.INVALID

    def __init__(self, shortest: int, longest: int) -> None:
        self.shortest, self.longest = shortest, longest
        super().__init__(f"a password has {shortest} to {longest} characters")


class PasswordGuessable(ExamError):
    """The password is among the first that are tried: common, a pattern, a date, a repeat."""

    code = "password_guessable"
    kind = Kind.INVALID


class PasswordOwnName(ExamError):
    """The password is little more than its owner's name or address, or ours."""

    code = "password_own_name"
    kind = Kind.INVALID


class PasswordsDiffer(ExamError):
    """The new password was typed in two ways."""

    code = "passwords_differ"
    kind = Kind.INVALID


class PasswordWrong(ExamError):
    """The present password, asked for to change it, was not the right one."""

    code = "password_wrong"
    kind = Kind.INVALID


class PasswordUnchanged(ExamError):
    """The new password is the old one."""

    code = "password_unchanged"
    kind = Kind.INVALID


class LastAdministrator(ExamError):
    """Without this person nobody could give roles any more."""

    code = "last_administrator"
    kind = Kind.CONFLICT
