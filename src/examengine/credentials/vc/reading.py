"""From what a stranger sends to one credential that means one thing.

It may come as JSON, as a JSON Web Token, in the presentation of a wallet, or baked into a picture.
Every reader of a credential must see the same members: two members of one name, or a depth that
makes a reader give up, are ways to show different things to different programs. Nothing here says
whether a credential is sound; it says what is to be examined, and how it is read.

References:
    1EdTech, Open Badges Specification 3.0, § 5.3 (baked badges), § 8.2 (JSON Web Tokens).
    W3C, Portable Network Graphics (PNG) Specification, third edition, § 5.
    W3C, Verifiable Credentials Data Model 1.1, § 6.3.1 (the `vc` claim).
"""

import json
import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn
from xml.parsers import expat

from examengine.credentials.vc import limits, multibase
from examengine.credentials.vc.context_loader import CREDENTIALS_V1
from examengine.credentials.vc.credential import Credential, Token
from examengine.credentials.vc.errors import NotBaked, NotCredentialJson
from examengine.credentials.vc.png import SIGNATURE, Chunk

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_COMPACT = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\Z")
_SELECTIVE = re.compile(rb"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+~")
_CLAIMS = frozenset({"iss", "sub", "jti", "nbf", "exp", "iat", "aud"})

KEYWORD = b"openbadgecredential"
_KEYWORD_OF_VERSION_2 = b"openbadges"
_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_ELEMENT = f"{_NAMESPACE} credential"
_NAMESPACE_OF_VERSION_2 = "http://openbadges.org "
_ROOTS = frozenset({"svg", "http://www.w3.org/2000/svg svg"})
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_DEEPEST_ELEMENT = 200
_MOST_ELEMENTS = 50_000
_MOST_CHUNKS = 10_000


def read(data: bytes) -> Credential:
    """Return the credential in what somebody sent.

    Raises:
        NotBaked: A picture carries none, or one that cannot be taken out safely.
        NotCredentialJson: It cannot be read as one credential.
    """
    if is_image(data):
        data = unbake(data)
    if is_token(data):
        return read_token(data)
    return _presented(parse(data))


def parse(data: bytes) -> dict[str, Any]:
    """Return the one JSON object in `data`: a credential, or what a key is published in.

    Raises:
        NotCredentialJson: With reason `too_large`, `not_utf8`, `not_json`, `too_deep`,
            `too_many_values`, `duplicate_member` or `not_an_object`.
    """
    document = _one_object(data, limits.LARGEST_DOCUMENT)
    _refuse_excess(document, limits.MOST_VALUES, limits.MOST_IN_A_LIST)
    return document


def parse_list(data: bytes) -> dict[str, Any]:
    """Return the one JSON object in `data`, which speaks of many credentials at once.

    Raises:
        NotCredentialJson: As from `parse`.
    """
    document = _one_object(data, limits.LARGEST_LIST)
    _refuse_excess(document, limits.MOST_REVOKED, limits.MOST_REVOKED)
    return document


def unbake(image: bytes) -> bytes:
    """Return the credential inside a PNG or an SVG: JSON, or a compact JWS.

    Raises:
        NotBaked: The image carries none, several, or one packed in a way that is not allowed.
    """
    if image.startswith(SIGNATURE):
        return _unbake_png(image)
    if is_markup(image):
        return _unbake_svg(image)
    raise NotBaked("not_an_image", "a baked badge is a PNG or an SVG file")


def is_image(data: bytes) -> bool:
    """Return whether `data` is to be read as a picture: nothing else begins as these do."""
    return data.startswith(SIGNATURE) or is_markup(data)


def is_markup(data: bytes) -> bool:
    """Return whether `data` begins as XML does; whether it is an SVG, a parser tells."""
    mark = next((mark for mark in _BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    return data[len(mark) :].lstrip(b" \t\r\n\0").startswith(b"<")


def read_chunks(data: bytes) -> list[Chunk]:
    """Return the chunks of a PNG, from IHDR to IEND.

    Raises:
        NotBaked: It is no PNG, is cut short, too large, or a checksum does not fit.
    """
    if not data.startswith(SIGNATURE):
        raise NotBaked("not_png", "the file does not begin as a PNG does")
    if len(data) > limits.LARGEST_IMAGE:
        raise NotBaked(
            "image_too_large", f"{len(data)} bytes; at most {limits.LARGEST_IMAGE} are read"
        )
    chunks, place = [], len(SIGNATURE)
    while place < len(data):
        chunk, place = _read_chunk(data, place)
        chunks.append(chunk)
        if len(chunks) > _MOST_CHUNKS:
            raise NotBaked("image_too_large", f"more than {_MOST_CHUNKS} chunks")
        if chunk.kind == b"IEND":
            break
    if not chunks or chunks[0].kind != b"IHDR" or chunks[-1].kind != b"IEND":
        raise NotBaked("png_damaged", "a PNG runs from IHDR to IEND")
    return chunks


def excess(document: Mapping[str, Any]) -> str | None:
    """Return which limit a credential exceeds, endorsements inside it counted in, or None."""
    endorsements = 0
    for count, value in enumerate(_values_in(document), start=1):
        if count > limits.MOST_VALUES or (
            isinstance(value, list) and len(value) > limits.MOST_IN_A_LIST
        ):
            return "too_many_values"
        if not isinstance(value, Mapping):
            continue
        contexts, proofs = _counted(value, "@context"), _counted(value, "proof")
        endorsements += len(_counted(value, "endorsement"))
        if len(contexts) > limits.MOST_CONTEXTS:
            return "too_many_contexts"
        if len({context for context in contexts if isinstance(context, str)}) < sum(
            isinstance(context, str) for context in contexts
        ):
            return "context_repeated"
        if len(proofs) > limits.MOST_PROOFS:
            return "too_many_proofs"
    return "too_many_endorsements" if endorsements > limits.MOST_ENDORSEMENTS else None


def is_token(data: bytes) -> bool:
    """Return whether `data` looks like a compact JWS, with disclosures behind it or without."""
    stripped = data.strip()
    return bool(_COMPACT.match(stripped) or _SELECTIVE.match(stripped))


def read_token(data: bytes) -> Credential:
    """Take a compact JWS apart, and return the credential that is its payload.

    Raises:
        NotCredentialJson: A part is not base64url, or not one unambiguous JSON object, or the
            credential is hidden in a `vc` claim as in older drafts.
    """
    stripped = data.strip()
    if not _COMPACT.match(stripped):
        raise NotCredentialJson("selective_disclosure", "an SD-JWT, which is not read here")
    header, payload, signature = stripped.split(b".")
    try:
        parts = [multibase.decode_base64url(part.decode()) for part in (header, payload, signature)]
    except ValueError as error:
        raise NotCredentialJson("not_base64url", f"a part of the token: {error}") from None
    claims = parse(parts[1])
    if "vc" in claims and CREDENTIALS_V1 not in Credential(_payload(claims)).contexts:
        raise NotCredentialJson("claim_vc_not_allowed", "the credential stands at the top level")
    token = Token(parse(parts[0]), claims, header + b"." + payload, parts[2])
    return Credential(_payload(claims), token)


def _presented(document: dict[str, Any]) -> Credential:
    """Return a credential, taken out of the presentation a wallet may have put it into.

    Who presented it is not asked here: whether it is theirs, the recipient's address shows.
    """
    alone = Credential(document)
    if "VerifiablePresentation" not in alone.types:
        return alone
    inside = document.get("verifiableCredential", [])
    inside = inside if isinstance(inside, list) else [inside]
    if len(inside) != 1:
        raise NotCredentialJson("several_presented", f"{len(inside)} credentials are presented")
    (credential,) = inside
    if isinstance(credential, str) and is_token(credential.encode()):
        return read_token(credential.encode())
    if not isinstance(credential, dict):
        raise NotCredentialJson("not_an_object", "the credential presented is no JSON object")
    return Credential(credential)


def _one_object(data: bytes, largest: int) -> dict[str, Any]:
    if len(data) > largest:
        raise NotCredentialJson("too_large", f"{len(data)} bytes; at most {largest} are read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotCredentialJson("not_utf8", f"byte {error.start} is not UTF-8") from None
    _refuse_depth(text)
    document = _decode(text)
    if not isinstance(document, dict):
        raise NotCredentialJson("not_an_object", "a credential is one JSON object")
    return document


def _decode(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise NotCredentialJson("not_json", f"line {error.lineno}: {error.msg}") from None
    except ValueError as error:
        # An integer of thousands of digits, which Python refuses to convert.
        raise NotCredentialJson("not_json", str(error)) from None


def _refuse_depth(text: str) -> None:
    """Refuse deep nesting before the parser recurses into it."""
    depth, in_string, escaped = 0, False, False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string = True
        elif character in "{[":
            depth += 1
            if depth > limits.DEEPEST:
                raise NotCredentialJson("too_deep", f"nested deeper than {limits.DEEPEST} levels")
        elif character in "}]":
            depth -= 1


def _refuse_excess(document: object, most: int, most_in_a_list: int) -> None:
    """Refuse more values than a credential has, and half characters, which no page can show."""
    for count, value in enumerate(_values_in(document), start=1):
        if count > most or (isinstance(value, list) and len(value) > most_in_a_list):
            raise NotCredentialJson("too_many_values", f"more than {most} values")
        if isinstance(value, str):
            _refuse_surrogate(value)
        elif isinstance(value, Mapping):
            for name in value:
                _refuse_surrogate(name)


def _refuse_surrogate(text: str) -> None:
    if _LONE_SURROGATE.search(text):
        raise NotCredentialJson("not_utf8", "half of a character, written as \\ud800 to \\udfff")


def _unique(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise NotCredentialJson("duplicate_member", f"the member {name!r} stands there twice")
        members[name] = value
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise NotCredentialJson("not_json", f"{name} is not a JSON number")


def _values_in(value: object) -> Iterator[object]:
    """Return every value inside a JSON value: itself, then its parts."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)


def _counted(owner: Mapping[str, Any], name: str) -> list[Any]:
    """Return the values of a member, one value as a list of one."""
    value = owner.get(name, [])
    return value if isinstance(value, list) else [value]


def carries_credential(chunk: Chunk) -> bool:
    """Return whether a chunk is the one that carries a credential."""
    return chunk.kind == b"iTXt" and chunk.content.startswith(KEYWORD + b"\0")


def _carries_version_2(chunk: Chunk) -> bool:
    return chunk.kind in {b"iTXt", b"tEXt"} and chunk.content.startswith(
        _KEYWORD_OF_VERSION_2 + b"\0"
    )


def _unbake_png(image: bytes) -> bytes:
    chunks = read_chunks(image)
    carriers = [chunk for chunk in chunks if carries_credential(chunk)]
    if not carriers and any(_carries_version_2(chunk) for chunk in chunks):
        raise NotBaked("open_badges_2", "the image carries a badge of Open Badges 2")
    if len(carriers) != 1:
        reason = "several_credentials" if carriers else "no_credential"
        raise NotBaked(reason, f"the image carries {len(carriers)} credentials")
    content = carriers[0].content[len(KEYWORD) + 1 :]
    if content[:2] != b"\0\0":
        raise NotBaked("credential_compressed", "the credential must not be compressed")
    language_and_keyword = content[2:].split(b"\0", 2)
    if len(language_and_keyword) != 3:
        raise NotBaked("png_damaged", "the chunk of the credential is cut short")
    return language_and_keyword[2]


def _read_chunk(data: bytes, place: int) -> tuple[Chunk, int]:
    if place + 12 > len(data):
        raise NotBaked("png_damaged", f"the file ends inside a chunk, at byte {place}")
    length, kind = struct.unpack_from(">I4s", data, place)
    end = place + 12 + length
    if end > len(data):
        raise NotBaked("png_damaged", f"the file ends inside a chunk, at byte {place}")
    content = data[place + 8 : end - 4]
    (stated,) = struct.unpack_from(">I", data, end - 4)
    if stated != zlib.crc32(kind + content):
        raise NotBaked("png_damaged", f"a checksum does not fit, at byte {place}")
    return Chunk(kind, content), end


def _unbake_svg(image: bytes) -> bytes:
    if len(image) > limits.LARGEST_IMAGE:
        raise NotBaked("image_too_large", f"{len(image)} bytes; at most {limits.LARGEST_IMAGE}")
    reader = _SvgReader()
    try:
        reader.read(image)
    except (expat.ExpatError, ValueError, LookupError) as error:
        # The last two: an encoding that is unknown, or one that Python and expat cannot share.
        raise NotBaked("svg_damaged", str(error)) from None
    found = reader.found()
    if not found and reader.version_2:
        raise NotBaked("open_badges_2", "the image carries a badge of Open Badges 2")
    if len(found) != 1:
        reason = "several_credentials" if found else "no_credential"
        raise NotBaked(reason, f"the image carries {len(found)} credentials")
    return found[0].strip().encode("utf-8")


class _SvgReader:
    """Collects what the `openbadges:credential` elements of an SVG carry."""

    def __init__(self) -> None:
        self.version_2 = False
        self._found: list[list[str]] = []
        self._size = 0
        self._depth = 0
        self._elements = 0
        self._inside = False

    def found(self) -> list[str]:
        """Return what each element carries."""
        return ["".join(parts) for parts in self._found]

    def read(self, image: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._refuse_declarations
        parser.Parse(image, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth == 1 and name not in _ROOTS:
            raise NotBaked("not_an_image", "a baked badge is a PNG or an SVG file")
        if self._depth > _DEEPEST_ELEMENT or self._elements > _MOST_ELEMENTS:
            raise NotBaked("image_too_large", f"more than {_MOST_ELEMENTS} elements, or too deep")
        self.version_2 = self.version_2 or name.startswith(_NAMESPACE_OF_VERSION_2)
        if name == _ELEMENT:
            if self._depth != 2:
                raise NotBaked("credential_misplaced", "it must stand directly in the svg element")
            self._found.append([])
            self._inside = True
            self._keep(attributes.get("verify", ""))

    def _end(self, name: str) -> None:
        self._depth -= 1
        if name == _ELEMENT:
            self._inside = False

    def _text(self, text: str) -> None:
        if self._inside:
            self._keep(text)

    def _keep(self, text: str) -> None:
        self._size += len(text)
        if self._size > limits.LARGEST_DOCUMENT:
            raise NotBaked("credential_too_large", f"more than {limits.LARGEST_DOCUMENT} bytes")
        self._found[-1].append(text)

    def _refuse_declarations(
        self, _name: str, _system: str | None, _public: str | None, internal: int
    ) -> None:
        # Entities and default attributes could grow without bound, or point at other files.
        if internal:
            raise NotBaked("svg_entity", "an SVG that declares entities is not read")


def _payload(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the credential of a token: its claims without those of the token itself.

    Of the data model 1.1 it stands in the claim `vc`, and the token's claims speak for it.
    """
    if "vc" in claims:
        return _of_version_1(claims)
    return {name: value for name, value in claims.items() if name not in _CLAIMS}


def _of_version_1(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the credential of a `vc` claim, with what only the token's claims say put back."""
    stated = claims["vc"]
    credential = dict(stated) if isinstance(stated, Mapping) else {}
    if isinstance(claims.get("jti"), str):
        credential.setdefault("id", claims["jti"])
    if isinstance(claims.get("iss"), str):
        issuer = credential.setdefault("issuer", claims["iss"])
        if isinstance(issuer, Mapping) and "id" not in issuer:
            credential["issuer"] = {**issuer, "id": claims["iss"]}
    subject = credential.get("credentialSubject")
    if isinstance(subject, Mapping) and isinstance(claims.get("sub"), str):
        credential["credentialSubject"] = {"id": claims["sub"], **subject}
    for name, claim in (("issuanceDate", "nbf"), ("expirationDate", "exp")):
        if name not in credential and (said := moment_of(claims.get(claim))) is not None:
            credential[name] = said.strftime("%Y-%m-%dT%H:%M:%SZ")
    return credential


def moment_of(seconds: object) -> datetime | None:
    """Return the moment of a NumericDate, or None where it is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
