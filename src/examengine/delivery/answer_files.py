"""Which files an answer may have: what is asked of each before it is stored, and named. Pure."""

from collections.abc import Mapping
from typing import Any

from examengine.bank import FileKind, ItemVersion, kinds_taken, largest_file, most_files
from examengine.delivery.attempt import Attempt
from examengine.delivery.errors import FileRefused
from examengine.delivery.form_in_play import type_of

LARGEST_OF_ATTEMPT = 100 * 1024 * 1024
"""Bytes of all files that were added in one attempt, those that were taken out again too."""
MOST_OF_ATTEMPT = 100
"""How often a file can be added in one attempt."""
_MB = 1024 * 1024


def takes_files(item: ItemVersion) -> bool:
    """Tell whether an item is answered by files."""
    return type_of(item).kind == "files"


def check_room(item: ItemVersion, attempt: Attempt) -> None:
    """Refuse a file of which nothing is known yet: where none is asked for, or none fits any more.

    Raises:
        FileRefused: The item takes no files, or has all that it takes; or the attempt has.
    """
    if not takes_files(item):
        raise FileRefused("this question is not answered by a file")
    most = most_files(item.content)
    if len(attempt.responses.get(item.item_id) or ()) >= most:
        what = "one file is" if most == 1 else f"{most} files are"
        raise FileRefused(f"{what} the most here; remove one first")
    if sum(map(len, attempt.files.values())) >= MOST_OF_ATTEMPT:
        raise FileRefused(f"files were added {MOST_OF_ATTEMPT} times in this exam already")


def check_file(item: ItemVersion, kind: FileKind | None, size: int) -> None:
    """Refuse a file that an item does not take.

    Args:
        item: One that takes files.
        kind: What the file is by what it holds; None for none of the kinds that there are.
        size: Its bytes.

    Raises:
        FileRefused: It is empty, too large, or of another kind than those asked for.
    """
    if not size:
        raise FileRefused("it is empty; save it in the program it was made with, and choose again")
    largest = largest_file(item.content)
    if size > largest:
        raise FileRefused(f"{largest // _MB} MB are the most for one file, and it is larger")
    taken = kinds_taken(item.content)
    if kind is None or kind not in taken:
        titles = ", ".join(one.title for one in taken)
        what = "no kind of file that is known here" if kind is None else f"of the kind {kind.title}"
        raise FileRefused(f"by what it holds it is {what}. Taken here: {titles}")


def check_space(attempt: Attempt, digest: str, size: int) -> None:
    """Refuse a file with which an attempt would have stored too much; one of before costs nothing.

    Raises:
        FileRefused: All files together would be too large.
    """
    sizes = {one.digest: one.size for files in attempt.files.values() for one in files}
    check_sum({**sizes, digest: size})


def check_sum(sizes: Mapping[str, int]) -> None:
    """Refuse what an attempt would have stored with one more file.

    Args:
        sizes: Bytes, by digest.

    Raises:
        FileRefused: All files together would be too large.
    """
    if sum(sizes.values()) > LARGEST_OF_ATTEMPT:
        raise FileRefused(
            f"all files of one exam may come to {LARGEST_OF_ATTEMPT // _MB} MB, those that were "
            "removed again too"
        )


def check_stored(item: ItemVersion, response: Any, attempt: Attempt) -> None:
    """Refuse an answer that names a file which was never stored for its item.

    Raises:
        FileRefused: It names one.
    """
    stored = [one.described() for one in attempt.files.get(item.item_id, ())]
    if any(one not in stored for one in response or ()):
        raise FileRefused("a file of this answer was never stored; send it again")


def given_up_files(attempt: Attempt) -> set[str]:
    """Return the digests of files that were added to answers, and are part of none by now."""
    added = {one.digest for files in attempt.files.values() for one in files}
    named = {
        one["digest"] for item_id in attempt.files for one in attempt.responses.get(item_id) or ()
    }
    return added - named
