"""Where numbers come from: the program's version and a digest of what it read."""

from hashlib import sha256
from importlib.metadata import version

import numpy as np

from examengine.psychometrics.responses import Responses

CODE_VERSION = version("examengine")


def digest_of(responses: Responses) -> str:
    """A digest of everything in a response matrix, "sha256:" and 64 hexadecimal digits.

    Args:
        responses: The matrix.

    Returns:
        The same text for the same ids, scores, highest scores, groups and weights, in the
        same order.
    """
    digest = sha256()
    for names in (responses.person_ids, responses.item_ids, responses.group or ()):
        digest.update("\x1f".join(names).encode())
        digest.update(b"\x1e")
    digest.update(np.ascontiguousarray(responses.scores).tobytes())
    digest.update(np.ascontiguousarray(responses.max_scores, dtype="<i8").tobytes())
    digest.update(np.ascontiguousarray(responses.weights, dtype="<f8").tobytes())
    return f"sha256:{digest.hexdigest()}"
