"""A credential inside its image, and out again.

A PNG carries it in one uncompressed iTXt chunk of the keyword `openbadgecredential`; an SVG in an
`openbadges:credential` element. Both are read; PNG is written.

References:
    1EdTech, Open Badges Specification 3.0, § 5.3 (baked badges).
"""

import re
from xml.parsers import expat

from examengine.credentials import parsing
from examengine.credentials.errors import NotBaked
from examengine.credentials.png import LARGEST, SIGNATURE, Chunk, read_chunks, write_chunks

_KEYWORD = b"openbadgecredential"
_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_ELEMENT = f"{_NAMESPACE} credential"
_SVG = re.compile(rb"(?:<\?xml[^>]*\?>|<!--.*?-->|<!DOCTYPE[^>\[]*>|\s)*<svg[\s>]", re.DOTALL)


def bake(image: bytes, credential: bytes) -> bytes:
    """Return the PNG `image` with `credential` inside, in place of one it may carry already.

    Raises:
        NotBaked: The image is not a sound PNG.
    """
    chunks = [chunk for chunk in read_chunks(image) if not _carries(chunk)]
    # keyword, no compression, no language, no translated keyword, then UTF-8 text
    carrier = Chunk(b"iTXt", _KEYWORD + b"\0\0\0\0\0" + credential)
    return write_chunks([chunks[0], carrier, *chunks[1:]])


def unbake(image: bytes) -> bytes:
    """Return the credential inside a PNG or an SVG: JSON, or a compact JWS.

    Raises:
        NotBaked: The image carries none, several, or one packed in a way that is not allowed.
    """
    if image.startswith(SIGNATURE):
        return _unbake_png(image)
    if is_svg(image):
        return _unbake_svg(image)
    raise NotBaked("not_an_image", "a baked badge is a PNG or an SVG file")


def is_svg(data: bytes) -> bool:
    """Return whether `data` begins as an SVG file does."""
    return bool(_SVG.match(data[:4096].removeprefix(b"\xef\xbb\xbf")))


def _carries(chunk: Chunk) -> bool:
    return chunk.kind == b"iTXt" and chunk.content.startswith(_KEYWORD + b"\0")


def _unbake_png(image: bytes) -> bytes:
    carriers = [chunk for chunk in read_chunks(image) if _carries(chunk)]
    if len(carriers) != 1:
        reason = "several_credentials" if carriers else "no_credential"
        raise NotBaked(reason, f"the image carries {len(carriers)} credentials")
    content = carriers[0].content[len(_KEYWORD) + 1 :]
    if content[:2] != b"\0\0":
        raise NotBaked("credential_compressed", "the credential must not be compressed")
    language_and_keyword = content[2:].split(b"\0", 2)
    if len(language_and_keyword) != 3:
        raise NotBaked("png_damaged", "the chunk of the credential is cut short")
    return language_and_keyword[2]


def _unbake_svg(image: bytes) -> bytes:
    if len(image) > LARGEST:
        raise NotBaked("image_too_large", f"{len(image)} bytes; at most {LARGEST} are read")
    reader = _SvgReader()
    try:
        reader.read(image)
    except expat.ExpatError as error:
        raise NotBaked("svg_damaged", str(error)) from None
    if len(reader.found) != 1:
        reason = "several_credentials" if reader.found else "no_credential"
        raise NotBaked(reason, f"the image carries {len(reader.found)} credentials")
    return reader.found[0].strip().encode("utf-8")


class _SvgReader:
    """Collects what the `openbadges:credential` elements of an SVG carry."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._depth = 0
        self._inside = False

    def read(self, image: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._refuse_entity
        parser.Parse(image, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if name == _ELEMENT:
            if self._depth != 2:
                raise NotBaked("credential_misplaced", "it must stand directly in the svg element")
            self.found.append(attributes.get("verify", ""))
            self._inside = True

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == _ELEMENT:
            self._inside = False

    def _text(self, text: str) -> None:
        if self._inside:
            if len(self.found[-1]) + len(text) > parsing.LARGEST:
                raise NotBaked("credential_too_large", f"at most {parsing.LARGEST} are read")
            self.found[-1] += text

    def _refuse_entity(self, *_: object) -> None:
        # Entities could grow without bound, or point at other files.
        raise NotBaked("svg_entity", "an SVG that declares entities is not read")
