"""What a video must not be, whatever file it comes in."""

LONGEST_SIDE = 1920
"""Pixels."""


class VideoRefused(ValueError):
    """It can be read, and must not be played; the message says what would be right."""


def check_sides(width: int, height: int) -> None:
    """Refuse more pixels than a page shows.

    Raises:
        VideoRefused: A side is too long.
    """
    if max(width, height) > LONGEST_SIDE:
        what = f"has {width} × {height} pixels; at most {LONGEST_SIDE} on a side are shown"
        raise VideoRefused(f"{what}; make it smaller")


def check_tracks(pictures: int, sounds: int) -> None:
    """Refuse what is no single video.

    Raises:
        VideoRefused: It has no picture track or several, or several for the ear.
    """
    if pictures != 1 or sounds > 1:
        raise VideoRefused("must hold one picture track and at most one sound track")
