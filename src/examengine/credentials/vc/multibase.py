"""Base58btc, and public keys as multikeys: `z6Mk…` is an Ed25519 key, `zDn…` one on P-256.

References:
    W3C, Controlled Identifiers 1.0, § 2.4 (Multibase) and § 2.2.2 (Multikey).
"""

import base64

_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)}
_ED25519_PUBLIC = b"\xed\x01"  # multicodec prefixes, as varints
_P256_PUBLIC = b"\x80\x24"
_ED25519_KEY_SIZE = 32
_LONGEST = 512  # base58 is quadratic; nothing we read is longer


def encode_base58(data: bytes) -> str:
    """Return `data` in base58btc, without the multibase letter."""
    number = int.from_bytes(data, "big")
    letters = []
    while number:
        number, remainder = divmod(number, 58)
        letters.append(_ALPHABET[remainder])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(letters))


def decode_base58(text: str) -> bytes:
    """Return the bytes that `encode_base58` wrote as `text`.

    Raises:
        ValueError: A letter is not in the base58btc alphabet, or the text is too long.
    """
    if len(text) > _LONGEST:
        raise ValueError(f"base58 text of {len(text)} letters; at most {_LONGEST} are read")
    number = 0
    for letter in text:
        if letter not in _VALUES:
            raise ValueError(f"{letter!r} is not a base58btc letter")
        number = number * 58 + _VALUES[letter]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode_signature(signature: bytes) -> str:
    """Return a signature as a proof value: `z` and base58btc."""
    return "z" + encode_base58(signature)


def decode_signature(text: str) -> bytes:
    """Return the 64 bytes of an Ed25519 proof value.

    Raises:
        ValueError: It is not multibase base58btc, or not 64 bytes long.
    """
    if not text.startswith("z"):
        raise ValueError("a proof value begins with z, for base58btc")
    signature = decode_base58(text[1:])
    if len(signature) != 64:
        raise ValueError(f"an Ed25519 signature has 64 bytes, this one has {len(signature)}")
    return signature


def encode_public_key(key: bytes) -> str:
    """Return a raw Ed25519 public key as a multikey, `z6Mk…`."""
    return "z" + encode_base58(_ED25519_PUBLIC + key)


def decode_public_key(text: str) -> bytes:
    """Return the 32 raw bytes of an Ed25519 multikey.

    Raises:
        ValueError: It is not a multibase base58btc Ed25519 public key.
    """
    data = decode_base58(text[1:]) if text.startswith("z") else b""
    if not data.startswith(_ED25519_PUBLIC) or len(data) != 2 + _ED25519_KEY_SIZE:
        raise ValueError("not an Ed25519 multikey; one begins with z6Mk")
    return data[2:]


def is_p256_key(text: str) -> bool:
    """Return whether a multikey is a key on the curve P-256; such keys sign in other ways.

    Raises:
        ValueError: It is not multibase base58btc.
    """
    return text.startswith("z") and decode_base58(text[1:]).startswith(_P256_PUBLIC)


def encode_base64url(data: bytes) -> str:
    """Return `data` in base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_base64url(text: str) -> bytes:
    """Return the bytes of unpadded base64url.

    Raises:
        ValueError: A character is not of the base64url alphabet, or the length cannot be.
    """
    padded = text + "=" * (-len(text) % 4)
    return base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True)
