"""What an item shows or plays above its stem: passages, figures, tables, formulas, media."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from examengine.bank.formulas import formula_fault, mathml
from examengine.bank.inline_text import inline, paragraphs, read_aloud
from examengine.bank.item_types import _fields as check
from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.media import KINDS, PICTURES, RECORDINGS, SUBTITLES, VIDEOS, ending_of

MOST_PARTS, MOST_COLUMNS, MOST_ROWS = 6, 12, 40
LONGEST_PASSAGE = 12_000
MOST_PLAYS = 20
_BESIDE = ("subtitles", "poster")
"""What a video has in files of their own."""


@dataclass(frozen=True, slots=True)
class LimitedMedium:
    """A recording or a video that a candidate may start so many times, and no more."""

    place: int
    """Of its part in the stimulus, counted from 0."""
    part: str
    """`audio` or `video`."""
    plays: int
    digest: str
    media_type: str
    subtitles: str | None
    """The digest of its subtitles, which say as much; None where it has none."""


def presented_stimulus(content: Content) -> list[Mapping[str, Any]]:
    """Return the parts of the stimulus for a template."""
    return [_presented(*next(iter(part.items()))) for part in content.get("stimulus", ())]


def media_of(content: Content) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what an item shows or plays from files, as far as it can be read, with its place."""
    played = [*recordings_of(content), *videos_of(content)]
    beside = [
        (f"{at}.{name}", body[name])
        for at, body in played
        for name in _BESIDE
        if isinstance(body.get(name), Mapping)
    ]
    return [*figures_of(content), *played, *beside, *_files_of(content)]


def files_lacking(content: Content, known: Collection[str] | None = None) -> tuple[ItemFault, ...]:
    """Return a fault for each picture or recording that cannot be shown or played.

    Args:
        content: The item, whatever it holds.
        known: The digests of what is stored; None where a file is to be named and need not be.
    """
    return tuple(
        ItemFault(f"{where}.file", "is not there; choose the file once more")
        for where, body in media_of(content)
        if not isinstance(digest := body.get("digest"), str)
        or (known is not None and digest not in known)
    )


def _files_of(content: Content) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the files that an item shows or plays within its text, by the address it has there."""
    listed = content.get("media")
    files = listed if isinstance(listed, list) else []
    return [(f"media[{n}]", one) for n, one in enumerate(files) if isinstance(one, Mapping)]


def figures_of(content: Content) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the figures of an item, as far as they can be read, with their place.

    The picture that an item is answered in is one of them.
    """
    picture = content.get("picture")
    answered_in = [("picture", picture)] if isinstance(picture, Mapping) else []
    return [*_parts_named(content, "figure"), *answered_in]


def recordings_of(content: Content) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the recordings of an item, as far as they can be read, with their place."""
    return _parts_named(content, "audio")


def videos_of(content: Content) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the videos of an item, as far as they can be read, with their place."""
    return _parts_named(content, "video")


def limited_media(content: Content) -> tuple[LimitedMedium, ...]:
    """Return what of a sound item may be played so many times and no more."""
    named = [next(iter(part.items())) for part in content.get("stimulus", ())]
    return tuple(
        LimitedMedium(
            place=place,
            part=name,
            plays=body["plays"],
            digest=body["digest"],
            media_type=KINDS[ending_of(body["file"])].media_type,
            subtitles=body.get("subtitles", {}).get("digest"),
        )
        for place, (name, body) in enumerate(named)
        if "plays" in body
    )


def _parts_named(content: Content, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    listed = content.get("stimulus")
    parts = listed if isinstance(listed, list) else []
    bodies = (part.get(name) if isinstance(part, Mapping) else None for part in parts)
    return [
        (f"stimulus[{place}].{name}", body)
        for place, body in enumerate(bodies)
        if isinstance(body, Mapping)
    ]


def stimulus_faults(content: Content) -> Iterator[ItemFault]:
    """Say what is wrong with the stimulus; an item need not have one."""
    if "stimulus" not in content:
        return
    listed = content["stimulus"]
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_PARTS:
        yield ItemFault(
            "stimulus",
            f"must list 1 to {MOST_PARTS} passages, figures, tables, formulas, recordings, videos",
        )
        return
    for index, part in enumerate(listed):
        yield from _part_faults(part, f"stimulus[{index}]")


def _part_faults(part: object, at: str) -> Iterator[ItemFault]:
    name, body = next(iter(part.items()), ("", None)) if isinstance(part, Mapping) else ("", None)
    faults_of = _PARTS.get(name) if isinstance(part, Mapping) and len(part) == 1 else None
    if faults_of is None or not isinstance(body, Mapping):
        yield ItemFault(
            at,
            "must be one of passage, figure, table, formula, audio or video, "
            "with its fields below it",
        )
        return
    yield from faults_of(body, f"{at}.{name}")


def figure_faults(
    figure: Mapping[str, Any], at: str, also: Collection[str] = ()
) -> Iterator[ItemFault]:
    """Check a figure; `also` names the fields that are checked elsewhere."""
    names = ("file", "alt", "description", "caption", "digest", *also)
    yield from check.known(figure, names, at=at)
    yield from _file_faults(figure, PICTURES, "figures/sales.svg", at)
    yield from _optional_texts(figure, ("alt", "description", "caption"), at)


_OF_WHAT_PLAYS = ("file", "transcript", "show_transcript", "caption", "plays", "digest")


def _passage_faults(passage: Mapping[str, Any], at: str) -> Iterator[ItemFault]:
    yield from check.known(passage, ("heading", "text"), at=at)
    yield from check.text(
        passage, "text", "write what candidates read", at=at, longest=LONGEST_PASSAGE
    )
    if "heading" in passage:
        why = "leave it out when there is none"
        yield from check.text(passage, "heading", why, at=at, longest=200)


def _audio_faults(audio: Mapping[str, Any], at: str) -> Iterator[ItemFault]:
    yield from check.known(audio, _OF_WHAT_PLAYS, at=at)
    yield from _file_faults(audio, RECORDINGS, "recordings/talk.mp3", at)
    yield from _playing_faults(audio, at)


def _video_faults(video: Mapping[str, Any], at: str) -> Iterator[ItemFault]:
    yield from check.known(video, (*_OF_WHAT_PLAYS, *_BESIDE), at=at)
    yield from _file_faults(video, VIDEOS, "videos/street.mp4", at)
    yield from _beside_faults(video, "subtitles", SUBTITLES, "subtitles/street.vtt", at)
    yield from _beside_faults(video, "poster", PICTURES, "figures/street.jpg", at)
    yield from _playing_faults(video, at)


def _beside_faults(
    video: Mapping[str, Any], name: str, endings: Collection[str], such_as: str, at: str
) -> Iterator[ItemFault]:
    if name not in video:
        return
    body = video[name]
    if not isinstance(body, Mapping):
        yield ItemFault(f"{at}.{name}", f"must name its file below it, such as file: {such_as}")
        return
    yield from check.known(body, ("file", "digest"), at=f"{at}.{name}")
    yield from _file_faults(body, endings, such_as, f"{at}.{name}")


def _playing_faults(body: Mapping[str, Any], at: str) -> Iterator[ItemFault]:
    yield from _optional_texts(body, ("transcript", "caption"), at)
    yield from check.flag(body, "show_transcript", at=at)
    plays = body.get("plays", 1)
    if not isinstance(plays, int) or isinstance(plays, bool) or not 1 <= plays <= MOST_PLAYS:
        what = f"must be a whole number from 1 to {MOST_PLAYS}; leave it out for no limit"
        yield ItemFault(f"{at}.plays", what)


def _file_faults(
    body: Mapping[str, Any], endings: Collection[str], such_as: str, at: str
) -> Iterator[ItemFault]:
    own = tuple(check.text(body, "file", f"name it, such as {such_as}", at=at, longest=200))
    yield from own
    if not own and ending_of(body["file"]) not in endings:
        yield ItemFault(f"{at}.file", f"is {body['file'][:80]}; it can be {', '.join(endings)}")


def _optional_texts(
    body: Mapping[str, Any], names: Collection[str], at: str
) -> Iterator[ItemFault]:
    for name in names:
        if name in body:
            yield from check.text(body, name, "leave it out when there is none", at=at)


def _table_faults(table: Mapping[str, Any], at: str) -> Iterator[ItemFault]:
    yield from check.known(table, ("caption", "columns", "rows", "row_headers"), at=at)
    yield from check.text(table, "caption", "say what the table shows", at=at)
    yield from check.flag(table, "row_headers", at=at)
    columns, rows = table.get("columns"), table.get("rows")
    if not _texts(columns) or not 1 <= len(columns) <= MOST_COLUMNS:
        yield ItemFault(f"{at}.columns", f"must list 1 to {MOST_COLUMNS} headings, each in quotes")
        return
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        yield ItemFault(f"{at}.rows", f"must list 1 to {MOST_ROWS} rows of cells")
        return
    for index, row in enumerate(rows):
        if not _texts(row) or len(row) != len(columns):
            what = f"must have {len(columns)} cells, one for each heading, each in quotes"
            yield ItemFault(f"{at}.rows[{index}]", what)
            continue
        for place, cell in enumerate(row):
            yield from _cell_faults(cell, f"{at}.rows[{index}][{place}]")


def _cell_faults(cell: str, where: str) -> Iterator[ItemFault]:
    if cell.strip():
        yield from (
            ItemFault(where, fault.what)
            for fault in check.text({"cell": cell}, "cell", "", longest=200)
        )


def _formula_faults(formula: Mapping[str, Any], at: str) -> Iterator[ItemFault]:
    yield from check.known(formula, ("tex", "spoken"), at=at)
    yield from check.text(formula, "spoken", "write the formula as it is read aloud", at=at)
    tex = formula.get("tex")
    fault = formula_fault(tex) if isinstance(tex, str) else "is missing; write the formula in TeX"
    if fault is not None:
        yield ItemFault(f"{at}.tex", fault)


_PARTS: Mapping[str, Callable[[Mapping[str, Any], str], Iterator[ItemFault]]] = {
    "passage": _passage_faults,
    "figure": figure_faults,
    "table": _table_faults,
    "formula": _formula_faults,
    "audio": _audio_faults,
    "video": _video_faults,
}


def _texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _presented(name: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    if name == "figure":
        return {"part": name, **presented_figure(body)}
    if name in {"audio", "video"}:
        return {"part": name, **_presented_medium(body)}
    if name == "passage":
        heading = inline(body["heading"]) if "heading" in body else ""
        return {"part": name, "heading": heading, "text": paragraphs(body["text"])}
    if name == "formula":
        return {"part": name, "math": mathml(body["tex"], body["spoken"])}
    return {
        "part": name,
        "caption": inline(body["caption"]),
        "name": read_aloud(body["caption"]),
        "columns": [inline(column) for column in body["columns"]],
        "rows": [[inline(cell) for cell in row] for row in body["rows"]],
        "row_headers": body.get("row_headers", True),
    }


def presented_figure(figure: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a figure for a template."""
    described = paragraphs(figure["description"]) if "description" in figure else ""
    return {**_shown(figure), "alt": figure.get("alt", ""), "description": described}


def _presented_medium(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a recording or a video for a template; what a candidate sits is given less."""
    shown = body.get("show_transcript", True) and "transcript" in body
    return {
        **_shown(body),
        "media_type": KINDS[ending_of(body["file"])].media_type,
        "transcript": paragraphs(body["transcript"]) if shown else "",
        "plays": body.get("plays"),
        **{name: _address(body[name]) if name in body else "" for name in _BESIDE},
    }


def _shown(body: Mapping[str, Any]) -> Mapping[str, Any]:
    caption = inline(body["caption"]) if "caption" in body else ""
    return {"address": _address(body), "caption": caption}


def _address(body: Mapping[str, Any]) -> str:
    """Return where a file is found: by what it holds, for its name might tell the key."""
    return f"/media/{body['digest'].removeprefix('sha256:')}{ending_of(body['file'])}"
