"""What can be refused when somebody signs in or acts."""

from collections.abc import Iterable

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


class SignInRefused(ExamError):
    """No such person, a wrong password, or a closed account: never told apart."""

    code = "sign_in_refused"
    kind = Kind.UNAUTHENTICATED


class TooManySignIns(ExamError):
    """Too many wrong passwords for one account; the account rests for a while."""

    code = "too_many_sign_ins"
    kind = Kind.TOO_MANY

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"try again in {retry_after} s")


class PersonUnknown(ExamError):
    """There is no such person."""

    code = "person_unknown"
    kind = Kind.NOT_FOUND


class EmailTaken(ExamError):
    """Another person has this address already."""

    code = "email_taken"
    kind = Kind.CONFLICT

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"{email} belongs to another person already")


class EmailMalformed(ExamError):
    """The text is no e-mail address."""

    code = "email_malformed"
    kind = Kind.INVALID

    def __init__(self, email: str) -> None:
        self.email = email[:200]
        super().__init__(f"{self.email!r} is no e-mail address; write it as name@example.org")


class PasswordTooWeak(ExamError):
    """The password is too short, or too long to hash."""

    code = "password_too_weak"
    kind = Kind.INVALID

    def __init__(self, shortest: int, longest: int) -> None:
        self.shortest, self.longest = shortest, longest
        super().__init__(f"a password has {shortest} to {longest} characters")


class LastAdministrator(ExamError):
    """Without this person nobody could give roles any more."""

    code = "last_administrator"
    kind = Kind.CONFLICT
