"""What can be edited of a stimulus: passages, figures, tables, formulas, recordings, videos."""

from examengine.bank.item_types._form_fields import (
    FileField,
    FlagField,
    GridField,
    GroupField,
    KindsField,
    NumberField,
    TextField,
)

_HIDDEN = (TextField("file", "File", size="hidden"), TextField("digest", "Digest", size="hidden"))
_CAPTION = TextField("caption", "Caption", "Stands below it, for everybody.", size="words")
DESCRIPTION = TextField(
    "description",
    "Long description",
    "For a figure that a sentence cannot say: everybody can open it below the figure.",
    size="page",
)
_PLAYS = NumberField(
    "plays",
    "How often it may be played",
    "Leave it empty for no limit. With one it is played from start to end, and the server counts.",
)

STIMULUS = KindsField(
    "stimulus",
    "Shown above the question",
    kinds=(
        GroupField(
            "passage",
            "Passage",
            fields=(
                TextField("heading", "Heading"),
                TextField(
                    "text",
                    "Text",
                    "An empty line begins a paragraph; lines that begin with - are a list.",
                    size="page",
                ),
            ),
        ),
        GroupField(
            "figure",
            "Figure",
            fields=(
                *_HIDDEN,
                TextField(
                    "alt",
                    "In words",
                    "What somebody needs to know of it who cannot see it, and no more.",
                    size="words",
                ),
                DESCRIPTION,
                _CAPTION,
            ),
        ),
        GroupField(
            "table",
            "Table",
            fields=(
                TextField("caption", "Caption", "Says what the table shows.", size="words"),
                GridField(
                    "cells",
                    "Headings and rows",
                    "A line for each row, the headings first, with | between cells. "
                    "Rows can be pasted from a spreadsheet.",
                ),
                FlagField("row_headers", "The first cell of a row is its heading", unsaid=True),
            ),
        ),
        GroupField(
            "formula",
            "Formula",
            fields=(
                TextField("tex", "TeX", r"Such as \frac{a}{b}.", size="words"),
                TextField(
                    "spoken",
                    "As it is read aloud",
                    "Proposed where you leave it empty.",
                    size="words",
                ),
            ),
        ),
        GroupField(
            "audio",
            "Recording",
            fields=(
                *_HIDDEN,
                TextField("transcript", "What is heard", size="page"),
                FlagField("show_transcript", "Candidates may read it", unsaid=True),
                _PLAYS,
                _CAPTION,
            ),
        ),
        GroupField(
            "video",
            "Video",
            fields=(
                *_HIDDEN,
                FileField("subtitles", "Keep its subtitles", fields=_HIDDEN),
                FileField("poster", "Keep the picture before it plays", fields=_HIDDEN),
                TextField("transcript", "What is heard and seen", size="page"),
                FlagField("show_transcript", "Candidates may read it", unsaid=True),
                _PLAYS,
                _CAPTION,
            ),
        ),
    ),
)
