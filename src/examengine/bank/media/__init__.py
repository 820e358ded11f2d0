"""Files that items show or play: drawings, images, recordings, videos with their subtitles.

Each kind is checked by decoding it, bounded, and stripped of everything that is not the picture or
the sound: who made it, where and with what is nobody's business, and a second file hidden behind
the first one's end would be served to candidates. Stripping changes no pixel and no sample, and
stripping again changes nothing, so that a file has one digest wherever it is imported.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from examengine.bank.media.recordings import (
    LARGEST_RECORDING,
    read_recording,
    seconds_of_recording,
)
from examengine.bank.media.subtitles import LARGEST_SUBTITLES, read_subtitles
from examengine.bank.media.videos import LARGEST_VIDEO, read_video, seconds_of_video
from examengine.bank.rules import MediaFile
from examengine.kernel.digest import digest_of_bytes
from examengine.pictures import LARGEST_FIGURE, LARGEST_IMAGE, read_drawing, read_image


@dataclass(frozen=True, slots=True)
class MediaKind:
    """One kind of file."""

    folder: str
    """Where it stands in the folder of a bank: `figures`, `recordings`, `videos`, `subtitles`."""
    media_type: str
    """What it is served as, and as nothing else."""
    largest: int
    """In bytes."""
    read: Callable[[str, bytes], bytes]
    """Return what is stored of a file with an ending, or raise ValueError with what is wrong."""


def _image(media_type: str) -> MediaKind:
    return MediaKind("figures", media_type, LARGEST_IMAGE, read_image)


def _recording(media_type: str) -> MediaKind:
    return MediaKind("recordings", media_type, LARGEST_RECORDING, read_recording)


def _video(media_type: str) -> MediaKind:
    return MediaKind("videos", media_type, LARGEST_VIDEO, read_video)


KINDS: Mapping[str, MediaKind] = {
    ".svg": MediaKind("figures", "image/svg+xml", LARGEST_FIGURE, read_drawing),
    ".png": _image("image/png"),
    ".jpg": _image("image/jpeg"),
    ".jpeg": _image("image/jpeg"),
    ".webp": _image("image/webp"),
    ".gif": _image("image/gif"),
    ".mp3": _recording("audio/mpeg"),
    ".m4a": _recording("audio/mp4"),
    ".wav": _recording("audio/wav"),
    ".mp4": _video("video/mp4"),
    ".webm": _video("video/webm"),
    ".vtt": MediaKind("subtitles", "text/vtt", LARGEST_SUBTITLES, read_subtitles),
}
"""By the ending of the file's name."""


def _endings(folder: str) -> tuple[str, ...]:
    return tuple(ending for ending, kind in KINDS.items() if kind.folder == folder)


PICTURES, RECORDINGS = _endings("figures"), _endings("recordings")
VIDEOS, SUBTITLES = _endings("videos"), _endings("subtitles")


class MediaUnusable(ValueError):
    """A file that cannot be shown or played; the message says what is wrong and what is right."""


def ending_of(name: str) -> str:
    """Return the ending of a file's name, in small letters."""
    return PurePosixPath(name).suffix.lower()


def read_media(name: str, data: bytes) -> MediaFile:
    """Return what is stored of a file that items show or play.

    Raises:
        MediaUnusable: It is none of the kinds, too large, damaged, or holds more than it should.
    """
    kind = KINDS.get(ending_of(name))
    if kind is None:
        raise MediaUnusable(f"is none of {', '.join(KINDS)}")
    if len(data) > kind.largest:
        raise MediaUnusable(f"is larger than {kind.largest // 1024} KB; make it smaller")
    try:
        kept = kind.read(ending_of(name), data)
    except ValueError as error:
        raise MediaUnusable(str(error)) from error
    seconds = _seconds(ending_of(name), kept)
    return MediaFile(digest_of_bytes(kept), kind.media_type, kept, seconds)


def seconds_of(file: MediaFile) -> float:
    """Return how long a stored recording or video takes; 0 for what takes no time."""
    if file.seconds is not None:
        return file.seconds
    ending = next(one for one, kind in KINDS.items() if kind.media_type == file.media_type)
    return _seconds(ending, file.data)


def _seconds(ending: str, data: bytes) -> float:
    if ending in RECORDINGS:
        return seconds_of_recording(ending, data)
    return seconds_of_video(ending, data) if ending in VIDEOS else 0.0
