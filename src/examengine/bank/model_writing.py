"""Use cases of item models: written as YAML, looked at as instances, and made into items.

Instances are ordinary items: whoever shows, scores or calibrates them knows nothing of a model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.bank import lint_repository, model_repository, repository
from examengine.bank.checks import LintPolicy, findings_alone
from examengine.bank.draft_yaml import with_known_files
from examengine.bank.errors import ItemMoved, ModelMoved, ModelUnknown, ModelUnusable
from examengine.bank.item_draft import checked_reason
from examengine.bank.item_form import same_content
from examengine.bank.item_models.instances import DrawnInstances, Instance, draw_instances
from examengine.bank.item_models.model_file import (
    LONGEST_MODEL,
    MODEL_ID,
    MOST_INSTANCES,
    ModelReading,
    ParameterisedItem,
    read_model,
)
from examengine.bank.item_types import Content, ItemFault
from examengine.bank.item_types._stimulus import media_of
from examengine.bank.lint_rules import BankFindings
from examengine.bank.making import make_of_contents
from examengine.bank.model_repository import StoredModel
from examengine.bank.rules import Bank, ItemVersion
from examengine.bank.service import READERS, bank_of, find_bank
from examengine.kernel.clock import Clock

_FIRST_TEXT = """\
schema: examengine/item-model/1
id: {model_id}
# How many instances are drawn, and from what: the same seed draws the same.
instances: 6
seed: 1
variables:
  a: {{from: 2, to: 9}}
  b: {{from: 10, to: 50, step: 5}}
derived:
  total: a * b
constraints:
  - total <= 300
item:
  type: numeric_entry
  area: ""
  level: ""
  seconds: 60
  stem: |-
    A box holds {{{{a}}}} cups. How many cups are in {{{{b}}}} boxes?
  key: {{value: "{{{{total}}}}", tolerance: "0"}}
  rationale: "{{{{b}}}} times {{{{a}}}} is {{{{total}}}}."
"""


class InstanceOutcome(StrEnum):
    """What making instances does with one of them."""

    NEW = "new item"
    NEW_VERSION = "new version"
    UNCHANGED = "unchanged"
    STRUCK = "left out"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SeenInstance:
    """One instance as its author looks at it before it is made.

    Attributes:
        instance: The instance.
        findings: What the lint finds in it, its neighbours not looked at, as its bank judges.
        outcome: What making it would do.
        version: The version that it would have, or has.
        why: Why it is refused; "" where it is not.
    """

    instance: Instance
    findings: BankFindings
    outcome: InstanceOutcome
    version: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class ModelLook:
    """A model, and what it makes.

    Attributes:
        reading: The model, or why there is none.
        drawn: Its instances; None where there is no model.
        instances: The same with what becomes of each.
        left_behind: Items that an earlier text of the model made, and this one does not.
    """

    reading: ModelReading
    drawn: DrawnInstances | None
    instances: tuple[SeenInstance, ...]
    left_behind: tuple[str, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """Return why no instances can be made, each in a sentence; nothing where they can."""
        if self.reading.model is None or self.drawn is None:
            return tuple(str(fault) for fault in self.reading.faults)
        missing = self.drawn.missing(self.reading.model.n_instances)
        refused = (f"{one.instance.item_id}: {one.why}" for one in self.refused)
        return (*([missing] if missing else ()), *refused)

    @property
    def coming(self) -> tuple[SeenInstance, ...]:
        """Return the instances that would get a version."""
        wanted = {InstanceOutcome.NEW, InstanceOutcome.NEW_VERSION}
        return tuple(one for one in self.instances if one.outcome in wanted)

    @property
    def refused(self) -> tuple[SeenInstance, ...]:
        """Return the instances that cannot be made."""
        return tuple(one for one in self.instances if one.outcome is InstanceOutcome.REFUSED)


def list_models(session: Session, actor: Actor, bank_id: str) -> list[StoredModel]:
    """Return the item models of a bank, by id.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    return model_repository.models(session, bank_of(session, bank_id).id)


def find_model(session: Session, actor: Actor, bank_id: str, model_id: str) -> StoredModel:
    """Return one item model.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
        BankUnknown: There is no such bank.
        ModelUnknown: The bank has no such model.
    """
    require(actor, *READERS)
    found = model_repository.model(session, bank_of(session, bank_id).id, model_id)
    if found is None:
        raise ModelUnknown(model_id)
    return found


def begin_model(session: Session, clock: Clock, actor: Actor, bank_id: str, model_id: str) -> None:
    """Begin to write an item model, with a small one to change.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        ModelUnusable: The id is none, or is taken.
    """
    require(actor, Role.AUTHOR)
    bank = find_bank(session, actor, bank_id)
    if not MODEL_ID.fullmatch(model_id):
        raise ModelUnusable(
            "an id is 1 to 100 letters, digits, underscores, dots, colons or hyphens, such as "
            "RATIO-1"
        )
    twin = model_repository.twin_of(session, model_id)
    if twin is not None:
        raise ModelUnusable(f"there is a model {twin} already; give another id")
    text = _FIRST_TEXT.format(model_id=model_id)
    for name, listed in (("area", bank.areas), ("level", bank.levels)):
        first = listed[0].id if listed else ""
        text = text.replace(f'  {name}: ""\n', f"  {name}: {first}\n" if first else "")
    model_repository.add(session, actor, bank_id, model_id, text, clock.now())


def save_model(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    model_id: str,
    *,
    text: str,
    struck: Sequence[int],
    seen: int,
) -> StoredModel:
    """Save what was written of a model, faults and all, and which instances are not made.

    Of another text other instances are drawn, so that those left out before are asked about anew.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        ModelUnknown: The bank has no such model.
        ModelMoved: Somebody else saved it since.
        ModelUnusable: It is too large, or holds what no database can keep.
    """
    require(actor, Role.AUTHOR)
    there = find_model(session, actor, bank_id, model_id)
    written = text.replace("\r\n", "\n")
    if len(written) > LONGEST_MODEL or "\x00" in written:
        what = f"its text has at most {LONGEST_MODEL // 1024} KB, and no character NUL"
        raise ModelUnusable(what)
    kept = sorted({one for one in struck if 1 <= one <= MOST_INSTANCES})
    if written != there.text:
        kept = []
    elif tuple(kept) == there.struck:
        return there
    if there.revision != seen or not model_repository.save(
        session, actor, model_id, written, kept, seen, clock.now()
    ):
        raise ModelMoved(model_id, there.saved_by_name)
    return find_model(session, actor, bank_id, model_id)


def keep_model(
    session: Session, clock: Clock, actor: Actor, bank_id: str, model_id: str, text: str
) -> StoredModel:
    """Save the text of a model that may be there or not, as whoever writes files does.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        ModelUnusable: The id is none, or is that of a model of another bank; or it is too large.
        ModelMoved: Somebody else saved it in between.
    """
    require(actor, Role.AUTHOR)
    if model_repository.model(session, bank_id, model_id) is None:
        begin_model(session, clock, actor, bank_id, model_id)
    there = find_model(session, actor, bank_id, model_id)
    return save_model(
        *(session, clock, actor, bank_id, model_id),
        text=text,
        struck=there.struck,
        seen=there.revision,
    )


def discard_model(
    session: Session, clock: Clock, actor: Actor, bank_id: str, model_id: str, seen: int
) -> None:
    """Throw a model away; the items that were made of it stay.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        ModelUnknown: The bank has no such model.
        ModelMoved: Somebody else saved it since.
    """
    require(actor, Role.AUTHOR)
    there = find_model(session, actor, bank_id, model_id)
    if there.revision != seen or not model_repository.remove(session, model_id, seen):
        raise ModelMoved(model_id, there.saved_by_name)
    detail = {"revision": seen}
    record_act(session, clock.now(), actor, "bank.discard_model", f"model:{model_id}", detail)


def look_at_model(
    session: Session,
    actor: Actor,
    bank_id: str,
    model_id: str,
    text: str,
    struck: Sequence[int] = (),
) -> ModelLook:
    """Return what a text of a model says, and what would become of each of its instances.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    bank = bank_of(session, bank_id)
    reading = read_model(text, model_id)
    if reading.model is None:
        return ModelLook(reading, None, (), ())
    drawn = draw_instances(_with_files(session, bank_id, reading.model))
    history = _history(session, [one.item_id for one in drawn.instances])
    made = set(model_repository.instances_of(session, bank_id, model_id))
    policy = lint_repository.policy_of(session, bank_id)
    seen = tuple(
        _seen(bank, policy, instance, history.get(instance.item_id), struck)
        for instance in drawn.instances
    )
    now = {one.item_id for one in drawn.instances}
    return ModelLook(reading, drawn, seen, tuple(sorted(made - now)))


def make_instances(
    session: Session,
    clock: Clock,
    actor: Actor,
    bank_id: str,
    model_id: str,
    *,
    seen: int,
    reason: str,
) -> list[ItemVersion]:
    """Make the instances of a model that are not left out into versions of items, all or none.

    An instance that says what its item says already gets no version, whatever else has changed in
    the model.

    Args:
        session: The transaction.
        clock: Tells when.
        actor: An author.
        bank_id: The bank.
        model_id: The model.
        seen: The revision of the model whose instances were looked at.
        reason: A word why.

    Raises:
        NotAllowed: The actor is no author.
        BankUnknown: There is no such bank.
        ModelUnknown: The bank has no such model.
        ModelMoved: Somebody else saved it since.
        ModelUnusable: It has faults, draws too few instances, one of them cannot be made, or
            nothing would change.
        DraftUnusable: No word why was given.
        ItemMoved: One of the items got another version in between.
    """
    require(actor, Role.AUTHOR)
    bank, stored = (
        find_bank(session, actor, bank_id),
        find_model(session, actor, bank_id, model_id),
    )
    if stored.revision != seen:
        raise ModelMoved(model_id, stored.saved_by_name)
    said = checked_reason(reason)
    look = look_at_model(session, actor, bank_id, model_id, stored.text, stored.struck)
    model = _usable(look)
    contents = [{**one.instance.content, "version": one.version} for one in look.coming]

    def lock() -> None:
        repository.bank(session, bank_id, lock=True)
        there = find_model(session, actor, bank_id, model_id)
        if there.revision != seen:
            raise ModelMoved(model_id, there.saved_by_name)
        now = _history(session, [content["id"] for content in contents])
        for content in contents:
            newest = now.get(content["id"])
            if content["version"] != (1 if newest is None else newest.version + 1):
                raise ItemMoved(content["id"])

    made = make_of_contents(session, clock, actor, bank, contents, said, lock)
    now = clock.now()
    model_repository.keep_version(session, stored, model.digest, now)
    detail = {"digest": model.digest, "reason": said, "items": [one.item_id for one in made]}
    record_act(session, now, actor, "bank.make_instances", f"model:{model_id}", detail)
    return made


def _usable(look: ModelLook) -> ParameterisedItem:
    """Return the model of a look of which instances can be made.

    Raises:
        ModelUnusable: None can.
    """
    if look.reading.model is None:
        raise ModelUnusable(f"{look.faults[0]}; mend it first")
    if look.faults:
        raise ModelUnusable(look.faults[0])
    if not look.coming:
        raise ModelUnusable("every instance says what its item says already, or is left out")
    return look.reading.model


def _with_files(session: Session, bank_id: str, model: ParameterisedItem) -> ParameterisedItem:
    """Return a model whose item names known files by their digests."""
    if not media_of(model.item):
        return model
    digests = {
        file["file"]: file["digest"]
        for version in repository.latest_in(session, bank_id)
        for _, file in media_of(version.content)
    }
    item = with_known_files(dict(model.item), digests)
    return ParameterisedItem(
        model.id,
        model.digest,
        model.n_instances,
        model.seed,
        model.variables,
        model.derived,
        model.constraints,
        item,
    )


def _history(session: Session, item_ids: Sequence[str]) -> dict[str, ItemVersion]:
    """Return the newest version of each of these items that is there, whatever its bank."""
    return {one.item_id: one for one in repository.versions(session, item_ids)}


def _seen(
    bank: Bank,
    policy: LintPolicy,
    instance: Instance,
    there: ItemVersion | None,
    struck: Sequence[int],
) -> SeenInstance:
    version = 1 if there is None else there.version + 1
    fault = _refusal(bank, instance, there)
    found = () if instance.faults else findings_alone(bank, instance.content)
    findings = BankFindings(policy, found)
    if instance.number in struck:
        return SeenInstance(instance, findings, InstanceOutcome.STRUCK, version - 1)
    if fault:
        return SeenInstance(instance, findings, InstanceOutcome.REFUSED, version - 1, fault)
    if there is None:
        return SeenInstance(instance, findings, InstanceOutcome.NEW, version)
    if same_content(_bare(there.content), _bare(instance.content)):
        return SeenInstance(instance, findings, InstanceOutcome.UNCHANGED, version - 1)
    return SeenInstance(instance, findings, InstanceOutcome.NEW_VERSION, version)


def _refusal(bank: Bank, instance: Instance, there: ItemVersion | None) -> str:
    """Say why an instance cannot be made; "" where it can."""
    unknown = [
        ItemFault(f"{where}.file", "is shown by no item of the bank yet; import it first")
        for where, body in media_of(instance.content)
        if "digest" not in body
    ]
    for fault in (*instance.faults, *unknown):
        return f"{fault.where} {fault.what}"
    if there is not None and there.bank_id != bank.id:
        return f"its id belongs to an item of the bank {there.bank_id}; call the model otherwise"
    if there is not None and there.model_id != instance.content["model"]["id"]:
        return "its id is that of an item that no model made; call the model otherwise"
    return ""


def _bare(content: Content) -> Mapping[str, Any]:
    """Return what an instance says, apart from which text of its model drew it."""
    model = {name: one for name, one in content["model"].items() if name != "digest"}
    return {**content, "version": 0, "model": model}
