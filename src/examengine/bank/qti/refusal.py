"""What of QTI cannot be taken, as a reason with a code and a place: nothing is refused in silence.

These are no refusals of a use case: whoever reads items turns them into faults of a file.
"""

from enum import StrEnum


class RefusedBecause(StrEnum):
    """Why an item cannot be read or scored; the value is what programs are told."""

    NOT_XML = "not-xml"
    DOCTYPE = "doctype"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    NOT_AN_ITEM = "not-an-item"
    MALFORMED = "malformed"
    NO_SUCH_ITEM = "no-such-item"
    UNKNOWN_INTERACTION = "unknown-interaction"
    PORTABLE_CUSTOM_INTERACTION = "portable-custom-interaction"
    CUSTOM_INTERACTION = "custom-interaction"
    CUSTOM_OPERATOR = "custom-operator"
    UNKNOWN_EXPRESSION = "unknown-expression"
    UNKNOWN_RULE = "unknown-rule"
    UNKNOWN_TEMPLATE = "unknown-template"
    TEST_EXPRESSION = "test-expression"
    RANDOM_IN_RESPONSE_PROCESSING = "random-in-response-processing"
    TEMPLATE_CONSTRAINT_UNMET = "template-constraint-unmet"
    PATTERN_UNSUPPORTED = "pattern-unsupported"
    NUMBER_TOO_LARGE = "number-too-large"
    TEXT_TOO_LONG = "text-too-long"
    TOO_MUCH_WORK = "too-much-work"
    RESPONSE_MALFORMED = "response-malformed"
    NO_WHOLE_POINTS = "no-whole-points"
    KEY_UNKNOWN = "key-unknown"


class QtiRefused(Exception):
    """An item, or a part of it, that cannot be taken as it stands.

    Attributes:
        because: The reason.
        what: The reason in words, with what would be right.
        line: The line it stands on, where it is known.
    """

    def __init__(self, because: RefusedBecause, what: str, line: int | None = None) -> None:
        self.because = because
        self.what = what
        self.line = line
        super().__init__(f"{because}: {what}" if line is None else f"{because}, {line}: {what}")
