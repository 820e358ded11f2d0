"""A credential put into its image: one uncompressed iTXt chunk of a PNG.

`reading.unbake` takes it out again, and reads SVG as well.

References:
    1EdTech, Open Badges Specification 3.0, § 5.3 (baked badges).
"""

from examengine.credentials.vc.png import Chunk, write_chunks
from examengine.credentials.vc.reading import KEYWORD, carries_credential, read_chunks


def bake(image: bytes, credential: bytes) -> bytes:
    """Return the PNG `image` with `credential` inside, in place of one it may carry already.

    Raises:
        NotBaked: The image is not a sound PNG.
    """
    chunks = [chunk for chunk in read_chunks(image) if not carries_credential(chunk)]
    # keyword, no compression, no language, no translated keyword, then UTF-8 text
    carrier = Chunk(b"iTXt", KEYWORD + b"\0\0\0\0\0" + credential)
    return write_chunks([chunks[0], carrier, *chunks[1:]])
