"""Files as one value, so that a job keeps what was sent in a single row."""

import json
from collections.abc import Mapping

_LENGTH = 4


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return names and contents in one piece: the length of a JSON list, the list, the contents."""
    contents = json.dumps([[name, len(data)] for name, data in files.items()]).encode("ascii")
    return b"".join([len(contents).to_bytes(_LENGTH, "big"), contents, *files.values()])


def unpacked(data: bytes) -> dict[str, bytes]:
    """Return what `packed` was given."""
    place = _LENGTH + int.from_bytes(data[:_LENGTH], "big")
    files = {}
    for name, length in json.loads(data[_LENGTH:place]):
        files[name] = data[place : place + length]
        place += length
    return files
