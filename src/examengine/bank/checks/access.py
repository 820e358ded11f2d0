"""Checks of what those need who cannot see a page, or hear it in another language."""

from collections.abc import Iterator

from examengine.bank.checks._rule import BankContents, Severity, Spot, rule
from examengine.bank.formulas import has_own_words
from examengine.bank.inline_text import formulas_in, plain
from examengine.bank.item_types._stimulus import figures_of, recordings_of
from examengine.bank.item_types._texts import texts_shown


@rule(Severity.WARNING)
def formula_without_words(subject: BankContents) -> Iterator[Spot]:
    """A formula that would be read aloud in English in a bank of another language."""
    if subject.bank.language.strip().casefold().partition("-")[0] == "en":
        return
    for item in subject.items:
        for where, text in texts_shown(item.content):
            bare = [tex.strip() for tex in formulas_in(text) if not has_own_words(tex)]
            if bare:
                what = (
                    f"the formula {bare[0][:40]} would be read aloud in English; end it with "
                    r"\spoken{…} and say there how it is read"
                )
                yield Spot(item, where, what)


@rule(Severity.WARNING)
def alternative_repeats_caption(subject: BankContents) -> Iterator[Spot]:
    """A figure whose alternative text says no more than its caption."""
    for item in subject.items:
        for where, figure in figures_of(item.content):
            alternative = plain(figure.get("alt", "")).casefold().strip(" .")
            if alternative and alternative == plain(figure.get("caption", "")).casefold().strip(
                " ."
            ):
                what = "says only what the caption says; say what a reader takes from the figure"
                yield Spot(item, f"{where}.alt", what)


@rule(Severity.ERROR)
def missing_alternative(subject: BankContents) -> Iterator[Spot]:
    """A figure without a text alternative: whoever cannot see it could not answer."""
    for item in subject.items:
        for where, figure in figures_of(item.content):
            if "alt" not in figure:
                yield Spot(item, where, "has no alt; say what a reader of the figure would need")


@rule(Severity.ERROR)
def missing_transcript(subject: BankContents) -> Iterator[Spot]:
    """A recording without a transcript: whoever cannot hear it could not answer."""
    for item in subject.items:
        for where, audio in recordings_of(item.content):
            if "transcript" not in audio:
                what = (
                    "has no transcript; write down what is heard. Where listening is what the item "
                    "measures, add show_transcript: false, and staff alone see it"
                )
                yield Spot(item, where, what)


RULES = (
    formula_without_words,
    alternative_repeats_caption,
    missing_alternative,
    missing_transcript,
)
