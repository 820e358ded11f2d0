"""Use cases of the bank: reading items, and adopting parameters for them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.bank import index_repository, repository
from examengine.bank.errors import (
    BankUnknown,
    ItemUnknown,
    MediaFileUnknown,
    ParametersRefused,
    ParametersUnknown,
)
from examengine.bank.exported_figures import exported_figures
from examengine.bank.formats import Format
from examengine.bank.formats._format import ExportedFigures
from examengine.bank.indexed_item import parameters_in_short
from examengine.bank.item_types._stimulus import media_of
from examengine.bank.media import seconds_of
from examengine.bank.rules import (
    AdoptedParameters,
    AdoptionInShort,
    Bank,
    ItemRef,
    ItemVersion,
    MediaOutline,
    adopted_body,
    calibrated_ids,
)
from examengine.kernel.clock import Clock
from examengine.kernel.digest import digest
from examengine.kernel.ids import new_id

READERS = (Role.AUTHOR, Role.REVIEWER, Role.PSYCHOMETRICIAN)
"""Who may read items with their keys."""
MOST_ADOPTIONS = 20
"""Sets of parameters that a list shows; each is kept."""


def list_banks(session: Session, actor: Actor) -> list[tuple[Bank, int]]:
    """Return every bank with the number of its items.

    Raises:
        NotAllowed: The actor is neither author, reviewer, psychometrician nor awarding officer.
    """
    require(actor, *READERS, Role.AWARDING_OFFICER)
    counts = repository.counts(session)
    return [(bank, counts.get(bank.id, 0)) for bank in repository.banks(session)]


def find_bank(session: Session, actor: Actor, bank_id: str) -> Bank:
    """Return one bank.

    Raises:
        NotAllowed: The actor is neither author, psychometrician nor awarding officer.
        BankUnknown: There is none with this id.
    """
    require(actor, *READERS, Role.AWARDING_OFFICER)
    return _bank(session, bank_id)


def list_items(session: Session, actor: Actor, bank_id: str) -> list[ItemVersion]:
    """Return the latest version of each item of a bank, by id.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    return latest_versions(session, _bank(session, bank_id).id)


def item_history(session: Session, actor: Actor, bank_id: str, item_id: str) -> list[ItemVersion]:
    """Return every version of an item, newest first.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        ItemUnknown: The bank has no such item.
    """
    require(actor, *READERS)
    found = [
        version for version in repository.versions(session, [item_id]) if version.bank_id == bank_id
    ]
    if not found:
        raise ItemUnknown(item_id)
    return found[::-1]


def latest_versions(session: Session, bank_id: str) -> list[ItemVersion]:
    """Return the latest version of each item of a bank, by id, for the contexts above.

    It does not ask who is asking: the use case that calls it does.
    """
    return repository.latest_in(session, bank_id)


def item_versions(session: Session, refs: Iterable[ItemRef]) -> dict[ItemRef, ItemVersion]:
    """Return the item versions named, for the contexts above.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        ItemUnknown: There is no such version, or its digest is another.
    """
    wanted = list(dict.fromkeys(refs))
    found = {
        version.ref: version
        for version in repository.versions(session, {ref.item_id for ref in wanted})
    }
    for ref in wanted:
        if ref not in found:
            raise ItemUnknown(ref.item_id, ref.version)
    return {ref: found[ref] for ref in wanted}


def versions_for_authors(
    session: Session, actor: Actor, refs: Iterable[ItemRef]
) -> dict[ItemRef, ItemVersion]:
    """Return the item versions named, with their keys.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
        ItemUnknown: There is no such version, or its digest is another.
    """
    require(actor, *READERS)
    return item_versions(session, refs)


def bank_of(session: Session, bank_id: str) -> Bank:
    """Return one bank, for the contexts above.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        BankUnknown: There is none with this id.
    """
    return _bank(session, bank_id)


def media_outline(session: Session, file_digest: str) -> MediaOutline:
    """Return what a picture, a recording or a video is, and how long its file.

    Raises:
        MediaFileUnknown: There is none with this digest.
    """
    found = repository.media_outline(session, file_digest)
    if found is None:
        raise MediaFileUnknown(file_digest)
    return found


def media_piece(session: Session, outline: MediaOutline, piece: range) -> bytes:
    """Return the bytes of a file from one place to another."""
    return repository.media_piece(session, outline.digest, piece)


def media_seconds(session: Session, digests: Collection[str]) -> dict[str, float]:
    """Return how long recordings and videos take, in seconds, by their digests.

    Of files that were stored before this was kept it is read from the file.

    It does not ask who is asking: the use case that calls it does.
    """
    kept = repository.media_seconds(session, digests)
    unknown = [file_digest for file_digest, seconds in kept.items() if seconds is None]
    read = repository.media_files(session, unknown)
    return {
        file_digest: seconds_of(read[file_digest]) if seconds is None else seconds
        for file_digest, seconds in kept.items()
    }


@dataclass(frozen=True, slots=True)
class Exported:
    """A bank as files, and what of it the format could not hold."""

    files: Mapping[str, bytes]
    """By name in the folder."""
    left_out: Mapping[str, str]
    """Why an item was not written, by its id."""


def export_bank(session: Session, actor: Actor, bank_id: str, written_as: Format) -> Exported:
    """Return the files of a bank in a format, each item in its latest version.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
    """
    require(actor, Role.AUTHOR)
    bank = _bank(session, bank_id)
    items = latest_versions(session, bank_id)
    reasons = {item.item_id: written_as.left_out(item) for item in items}
    held = [item for item in items if reasons[item.item_id] is None]
    shown = {file["digest"] for item in held for _, file in media_of(item.content)}
    files = written_as.write(bank, held, repository.media_files(session, shown))
    files = written_as.with_figures(files, _figures(session, bank_id, held), bank_id)
    return Exported(files, {item_id: why for item_id, why in reasons.items() if why is not None})


def _figures(session: Session, bank_id: str, items: Iterable[ItemVersion]) -> list[ExportedFigures]:
    """Return what is known of how items did: as it was gathered last, and the parameters in use."""
    gathered = index_repository.usage_in(session, bank_id)
    usage_at, _ = repository.derived_at(session, bank_id)
    adopted = current_parameters(session, bank_id)
    entries = () if adopted is None else adopted.body["items"]
    known = {entry["item_id"]: entry for entry in entries}
    return [
        exported_figures(
            item,
            gathered.get(item.item_id),
            known.get(item.item_id, {}),
            None if usage_at is None else usage_at.date(),
        )
        for item in items
    ]


def adopt_parameters(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    *,
    body: Mapping[str, Any],
    reason: str,
    run_id: UUID | None = None,
    run_digest: str | None = None,
    elsewhere_id: UUID | None = None,
    elsewhere_digest: str | None = None,
) -> AdoptedParameters:
    """Make item parameters the ones that scores of this bank's items are computed with.

    They come from a calibration run here or from a calibration elsewhere, one of the two.

    Raises:
        NotAllowed: The actor is no psychometrician.
        BankUnknown: There is no such bank.
        ParametersRefused: They name an item the bank lacks, or no reason is given.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    bank = _bank(session, bank_id)
    own = {item.item_id for item in latest_versions(session, bank.id)}
    strangers = sorted(set(calibrated_ids(body)) - own)
    if strangers:
        raise ParametersRefused(f"the bank has no item {', '.join(strangers[:5])}")
    if (run_id is None) == (elsewhere_id is None):
        raise ParametersRefused("they come from one calibration, here or elsewhere")
    if not reason.strip():
        raise ParametersRefused("a reason is needed; say why these and not the ones before")
    now = clock.now()
    parameters_id = new_id(now)
    record = adopted_body(
        parameters_id,
        bank.id,
        body,
        run_id,
        run_digest,
        actor.person_id,
        now,
        reason.strip(),
        elsewhere_id,
        elsewhere_digest,
    )
    adopted = AdoptedParameters(
        id=parameters_id,
        bank_id=bank.id,
        digest=digest(record),
        body=body,
        run_id=run_id,
        run_digest=run_digest,
        adopted_at=now,
        adopted_by=actor.person_id,
        reason=reason.strip(),
        elsewhere_id=elsewhere_id,
        elsewhere_digest=elsewhere_digest,
    )
    repository.add_parameters(session, adopted)
    index_repository.set_parameters(session, bank.id, parameters_in_short(body))
    record_act(session, now, actor, "bank.adopt_parameters", f"bank:{bank.id}", record)
    return adopted


def current_parameters(session: Session, bank_id: str) -> AdoptedParameters | None:
    """Return the parameters adopted last for a bank, or None.

    It does not ask who is asking: the use case that calls it does.
    """
    return next(iter(repository.parameters_in(session, bank_id, most=1)), None)


def adoptions(session: Session, actor: Actor, bank_id: str) -> list[AdoptionInShort]:
    """Return the sets of parameters adopted last for a bank, newest first.

    Raises:
        NotAllowed: The actor is neither author nor psychometrician.
    """
    require(actor, *READERS)
    return repository.adoptions_in(session, bank_id, most=MOST_ADOPTIONS)


def find_parameters(session: Session, parameters_id: UUID) -> AdoptedParameters:
    """Return one set of adopted parameters.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        ParametersUnknown: There is none with this id.
    """
    found = repository.parameters(session, parameters_id)
    if found is None:
        raise ParametersUnknown(f"no adopted parameters {parameters_id}")
    return found


def _bank(session: Session, bank_id: str) -> Bank:
    bank = repository.bank(session, bank_id)
    if bank is None:
        raise BankUnknown(bank_id)
    return bank
