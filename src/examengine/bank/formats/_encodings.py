"""Text files in the encodings that other systems and old editors write."""

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
WESTERN = "cp1252"


class EncodingUnreadable(ValueError):
    """A file is in no encoding that is read; the message says what would be right."""


def decoded(data: bytes, declared: str = "") -> tuple[str, str]:
    """Return the text of a file with plain line ends, and the encoding it was read in.

    A byte mark counts, then UTF-8, then what the file declares of the Western encodings; what is
    none of these is read as Windows-1252, as old editors write it.

    Raises:
        EncodingUnreadable: It is binary, or in an encoding that is not read.
    """
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    names = [marked] if marked else [*_unmarked_utf_16(data), "utf-8"]
    if not marked and declared.casefold().replace("_", "-") in {
        *("", "utf-8", "us-ascii", "ascii", "windows-1252", "cp1252", "iso-8859-1", "latin1"),
        *("iso-8859-15", "latin-1"),
    }:
        names.append("iso-8859-15" if declared.casefold() == "iso-8859-15" else WESTERN)
    for name in names:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text.replace("\r\n", "\n").replace("\r", "\n"), name
    raise EncodingUnreadable("is in no encoding that is read here; save it as UTF-8")


def _unmarked_utf_16(data: bytes) -> list[str]:
    if data[1:2] == b"\x00" != data[:1]:
        return ["utf-16-le"]
    return ["utf-16-be"] if data[:1] == b"\x00" != data[1:2] and len(data) > 1 else []
