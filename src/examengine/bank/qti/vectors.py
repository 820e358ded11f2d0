"""Score vectors: responses in, outcomes out, compared with what others made of the same items."""

import json
import math
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from examengine.bank.qti.declarations import VariableDeclaration
from examengine.bank.qti.item import SCORE, QtiItem, read_item
from examengine.bank.qti.randomness import NoDraws
from examengine.bank.qti.refusal import QtiRefused, RefusedBecause
from examengine.bank.qti.sitting import attempt, given
from examengine.bank.qti.values import NUMERIC, Nullable, as_json, from_json
from examengine.bank.qti.xml_reading import LARGEST_XML

FORMAT = "qti-score-vectors/1"
TOLERANCE = 1e-5
_NEVER_SET = (None, 0)

ReadFile = Callable[[str], bytes]


class VectorOutcome(StrEnum):
    """What came of a vector."""

    SAME = "same"
    DIFFERS = "differs"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class VectorResult:
    """What came of a vector, and of what is not the same: what was expected, and what came."""

    item: str
    kind: str
    outcome: VectorOutcome
    asked: Mapping[str, Any] | None = None
    got: Mapping[str, Any] | None = None
    attempt: int | None = None
    reason: str | None = None
    what: str | None = None
    notes: tuple[str, ...] = ()

    def as_document(self) -> dict[str, Any]:
        """Return what is known of it."""
        listed = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: value for name, value in listed if value not in (None, ())}


def vector_faults(document: Any) -> Iterator[str]:
    """Say what is wrong with a file of vectors, with what would be right."""
    if not isinstance(document, Mapping) or not isinstance(document.get("vectors"), list):
        yield f"is no file of vectors; it needs vectors, a list, in the form {FORMAT}"
        return
    meta = document.get("meta")
    form = meta.get("format", FORMAT) if isinstance(meta, Mapping) else FORMAT
    if form != FORMAT:
        yield f"meta.format: is {str(form)[:60]!r}; it must be {FORMAT}"
    for place, vector in enumerate(document["vectors"]):
        for what in _faults_of(vector):
            yield f"vectors[{place}]{what}"


def _faults_of(vector: Any) -> Iterator[str]:
    if not isinstance(vector, Mapping):
        yield ": is no object; give it item, kind and attempts"
        return
    if not isinstance(vector.get("item"), str):
        yield ".item: is missing; name the file of an item"
    for name in ("template", "correct"):
        if not isinstance(vector.get(name, {}), Mapping):
            yield f".{name}: is no object; name values by identifier"
    attempts = vector.get("attempts")
    if not isinstance(attempts, list) or not attempts:
        yield ".attempts: is missing; list at least one"
        return
    yield from _attempt_faults(attempts)


def _attempt_faults(attempts: Sequence[Any]) -> Iterator[str]:
    for place, tried in enumerate(attempts):
        for name in ("responses", "expect"):
            if not isinstance(tried, Mapping) or not isinstance(tried.get(name), Mapping):
                yield f".attempts[{place}].{name}: is missing; name values by identifier"


def score_vectors(vectors: Sequence[Mapping[str, Any]], read: ReadFile) -> Iterator[VectorResult]:
    """Score each vector of a file without faults.

    Args:
        vectors: The vectors.
        read: Returns the bytes of an item by its path, or raises `QtiRefused`.
    """

    @lru_cache(maxsize=64)
    def item_at(path: str) -> QtiItem:
        return read_item(read(path))

    for vector in vectors:
        kind = str(vector.get("kind", ""))
        try:
            yield _scored(vector, kind, item_at(vector["item"]))
        except QtiRefused as refused:
            yield VectorResult(
                vector["item"],
                kind,
                VectorOutcome.REFUSED,
                reason=refused.because.value,
                what=refused.what if refused.line is None else f"{refused.line}: {refused.what}",
            )


def _scored(vector: Mapping[str, Any], kind: str, item: QtiItem) -> VectorResult:
    templates = _values(item, vector.get("template", {}))
    sitting = given(item, templates, _values(item, vector.get("correct", {})))
    for place, tried in enumerate(vector["attempts"]):
        sitting = attempt(item, sitting, _values(item, tried["responses"]), NoDraws())
        got = {name: as_json(sitting.outcomes.get(name)) for name in tried["expect"]}
        asked = dict(tried["expect"])
        unlike = [name for name in asked if not _alike(asked[name], got[name], item, name)]
        if unlike:
            return VectorResult(
                vector["item"],
                kind,
                VectorOutcome.DIFFERS,
                asked={name: asked[name] for name in unlike},
                got={name: got[name] for name in unlike},
                attempt=place,
                notes=sitting.notes,
            )
    return VectorResult(vector["item"], kind, VectorOutcome.SAME, notes=sitting.notes)


def _values(item: QtiItem, said: Mapping[str, Any]) -> dict[str, Nullable]:
    return {name: _value(item.declarations.get(name), name, raw) for name, raw in said.items()}


def _value(declaration: VariableDeclaration | None, name: str, raw: Any) -> Nullable:
    if declaration is None:
        return None
    try:
        return from_json(raw, declaration.cardinality, declaration.base_type)
    except ValueError as error:
        what = f"the value of {name[:60]} {error}"
        raise QtiRefused(RefusedBecause.RESPONSE_MALFORMED, what) from None


def _alike(asked: Any, got: Any, item: QtiItem, name: str) -> bool:
    """Tell whether an outcome is what was asked; a number that was never set is 0 or NULL."""
    declaration = item.declarations.get(name)
    numeric = name == SCORE if declaration is None else declaration.base_type in NUMERIC
    if numeric and asked in _NEVER_SET and got in _NEVER_SET:
        return True
    return alike(asked, got)


def alike(asked: Any, got: Any) -> bool:
    """Tell whether two values of JSON are the same: numbers nearly, lists without an order."""
    if isinstance(asked, bool) or isinstance(got, bool):
        return asked is got
    if isinstance(asked, int | float) and isinstance(got, int | float):
        return math.isclose(asked, got, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    if isinstance(asked, list) and isinstance(got, list):
        return Counter(map(_told, asked)) == Counter(map(_told, got))
    return bool(asked == got)


def _told(scalar: Any) -> str:
    found = float(scalar) if isinstance(scalar, int) and not isinstance(scalar, bool) else scalar
    return json.dumps(found)


def files_below(folder: Path) -> ReadFile:
    """Return what reads files below a folder, and inside of zip files there, by one path.

    What it returns raises `QtiRefused` where there is no such file, and never leaves the folder.
    """
    root = folder.resolve()

    def read(path: str) -> bytes:
        parts = path.split("/")
        if ".." in parts or "\\" in path or path.startswith("/"):
            raise _no_such(path, "leaves the folder of items")
        for n_parts in range(1, len(parts) + 1):
            found = root.joinpath(*parts[:n_parts])
            if _is_file_below(found, root):
                return _read(found, "/".join(parts[n_parts:]), path)
        raise _no_such(path, "is not in the folder of items")

    return read


def _is_file_below(found: Path, root: Path) -> bool:
    try:
        return found.is_file() and found.resolve().is_relative_to(root)
    except OSError:
        return False


def _read(found: Path, inside: str, path: str) -> bytes:
    if not inside:
        if found.stat().st_size > LARGEST_XML:
            raise QtiRefused(RefusedBecause.TOO_LARGE, f"{path} is larger than {LARGEST_XML} bytes")
        return found.read_bytes()
    try:
        with zipfile.ZipFile(found) as package, package.open(inside) as entry:
            data = entry.read(LARGEST_XML + 1)
    except (KeyError, zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        raise _no_such(path, "is in no readable package") from None
    if len(data) > LARGEST_XML:
        raise QtiRefused(RefusedBecause.TOO_LARGE, f"{path} is larger than {LARGEST_XML} bytes")
    return data


def _no_such(path: str, why: str) -> QtiRefused:
    return QtiRefused(RefusedBecause.NO_SUCH_ITEM, f"{path[:200]} {why}")
