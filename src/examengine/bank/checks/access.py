"""Checks of what those need who cannot see a page, or hear it in another language."""

from collections.abc import Iterator

from examengine.bank.checks._rule import BankContents, Severity, Spot, rule
from examengine.bank.formulas import has_own_words
from examengine.bank.inline_text import formulas_in, plain
from examengine.bank.item_types._stimulus import figures_of, recordings_of, videos_of
from examengine.bank.item_types._texts import texts_shown

LONGEST_ALTERNATIVE = 250
"""Characters. A reader says an alternative in one go, and nobody can look back into it."""


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


@rule(Severity.ERROR)
def video_without_words(subject: BankContents) -> Iterator[Spot]:
    """A video with neither subtitles nor a transcript: whoever cannot hear it could not answer."""
    for item in subject.items:
        for where, video in videos_of(item.content):
            if "transcript" not in video and "subtitles" not in video:
                what = (
                    "has neither subtitles nor a transcript; add subtitles in WebVTT, or write "
                    "down what is heard and seen"
                )
                yield Spot(item, where, what)


@rule(Severity.WARNING)
def long_alternative(subject: BankContents) -> Iterator[Spot]:
    """A text alternative that is too long to be heard in one go."""
    for item in subject.items:
        for where, figure in figures_of(item.content):
            length = len(plain(figure.get("alt", "")))
            if length > LONGEST_ALTERNATIVE:
                what = (
                    f"has {length} characters, and is heard in one go; say in it what the figure "
                    "is, and the rest in description, which can be read line by line"
                )
                yield Spot(item, f"{where}.alt", what)


@rule(Severity.WARNING)
def limited_plays(subject: BankContents) -> Iterator[Spot]:
    """A limit on playing that shuts somebody out, or that the words beside it undo."""
    for item in subject.items:
        for where, body in (*recordings_of(item.content), *videos_of(item.content)):
            if "plays" not in body:
                continue
            if "transcript" in body and body.get("show_transcript", True):
                what = "is limited, and what is heard can be read without limit; mean one of them"
                yield Spot(item, f"{where}.plays", what)
            elif "subtitles" not in body:
                what = (
                    "is limited, and there is nothing to read; whoever hears badly needs another "
                    "item, or more time with it, agreed on before the exam"
                )
                yield Spot(item, f"{where}.plays", what)


RULES = (
    formula_without_words,
    alternative_repeats_caption,
    missing_alternative,
    missing_transcript,
    video_without_words,
    long_alternative,
    limited_plays,
)
