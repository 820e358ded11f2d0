"""Use cases of parameters from elsewhere: check a table, bring it in, adopt what it brought.

To bring in is to store, named and sealed, what a table says and what would become of each item; it
changes no score. To adopt is to make that the parameters in use, as with a run.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from sqlmodel import Session

from examengine.accounts import Actor, Role, record_act, require
from examengine.assembly import list_exams
from examengine.bank import (
    ITEM_TYPES,
    AdoptedParameters,
    adopt_parameters,
    bank_of,
    current_parameters,
    latest_versions,
)
from examengine.calibration import elsewhere_repository
from examengine.calibration.bringing_in import InUse, NothingToBring, bring_together
from examengine.calibration.elsewhere import (
    LONGEST_NOTE,
    LONGEST_TITLE,
    LONGEST_WORDS,
    MOST_PERSONS,
    WIDEST_DEVIATION,
    WIDEST_MEAN,
    CalibrationElsewhere,
    CalibrationSource,
    ElsewhereScale,
    ScaleRelation,
    elsewhere_body,
    report_body,
)
from examengine.calibration.errors import (
    ElsewhereUnknown,
    ParametersUnreadable,
    ScaleMoved,
)
from examengine.delivery import keep_candidates_apart
from examengine.kernel.clock import Clock
from examengine.kernel.digest import digest, digest_of_bytes
from examengine.kernel.ids import new_id
from examengine.psychometrics.parameter_tables import (
    FORMATS,
    TableConventions,
    TabledItem,
    TableReading,
    read_table,
    recognised,
)
from examengine.psychometrics.parameters import (
    GroupParameters,
    ItemParameters,
    ParameterSet,
    read_parameters,
)
from examengine.psychometrics.refusals import Refusal

READERS = (Role.AUTHOR, Role.REVIEWER, Role.PSYCHOMETRICIAN)
MOST_LISTED = 20
PARAMETER_FILE = "parameter_file"
"""What the JSON file of item parameters is called among the formats of tables."""
PARAMETER_FILE_TITLE = "examengine, parameter file (JSON)"


@dataclass(frozen=True, slots=True)
class SentParameters:
    """A table with what whoever sends it says of it.

    Attributes:
        file: Name of the file.
        content: Its bytes.
        table: Code of its format; "" to tell it by the headings.
        scaling: The constant D; "" where it is the program's own.
        step_model: The model of b1, b2 …; "" where the table tells it.
        relation: How its scale relates to that of the parameters in use.
        scale_name: What people call a scale of its own.
        mean: Of the group that a scale of its own is named after, logits.
        sd: Its deviation, logits.
        title: What to call the calibration.
        program: The program that estimated the parameters.
        version: Of the program.
        n_persons: How many people's answers they rest on.
        population: Who these were.
        note: A word why they can be trusted.
        simulated: Whether a program gave the answers.
    """

    file: str
    content: bytes
    relation: str
    program: str
    population: str
    n_persons: int
    title: str
    table: str = ""
    scaling: str = ""
    step_model: str = ""
    scale_name: str = ""
    mean: float | None = None
    sd: float | None = None
    version: str = ""
    note: str = ""
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class ScaleInUse:
    """The scale of the parameters in use.

    Attributes:
        name: What people call it.
        mean: Of the ability of its first group, logits.
        sd: Its deviation.
        n_items: Items that have parameters on it.
    """

    name: str
    mean: float
    sd: float
    n_items: int


def scale_in_use(session: Session, actor: Actor, bank_id: str) -> ScaleInUse | None:
    """Return the scale of the parameters in use of a bank; None where there are none.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
        BankUnknown: There is no such bank.
    """
    require(actor, *READERS)
    adopted = current_parameters(session, bank_of(session, bank_id).id)
    return None if adopted is None else _scale(session, adopted)


def check_parameters(
    session: Session, clock: Clock, actor: Actor, bank_id: str, sent: SentParameters
) -> CalibrationElsewhere:
    """Tell what would become of each item if a table was brought in and adopted; store nothing.

    Raises:
        NotAllowed: The actor is no psychometrician.
        BankUnknown: There is no such bank.
        ParametersUnreadable: The table cannot be read, or something has to be said of it first.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    bank = bank_of(session, bank_id)
    faults = list(_faults(sent))
    if faults:
        raise ParametersUnreadable(faults)
    reading = _reading(sent)
    adopted = current_parameters(session, bank.id)
    relation = ScaleRelation(sent.relation)
    try:
        together = bring_together(
            reading,
            _points(session, bank.id),
            None if adopted is None else InUse(ParameterSet.from_dict(adopted.body)),
            relation,
            GroupParameters(sent.population[:80], sent.mean or 0.0, sent.sd or 1.0),
            sent.n_persons,
        )
    except NothingToBring as refusal:
        raise ParametersUnreadable([str(refusal)]) from refusal
    now = clock.now()
    source = CalibrationSource(
        program=sent.program.strip(),
        version=sent.version.strip(),
        n_persons=sent.n_persons,
        population=sent.population.strip(),
        note=sent.note.strip(),
        simulated=sent.simulated,
        table=reading.format,
        scaling=reading.scaling,
        step_model=sent.step_model,
        file=sent.file[-LONGEST_WORDS:],
        file_digest=digest_of_bytes(sent.content),
    )
    group = together.parameters.groups[0]
    joined = None if relation is ScaleRelation.OWN else adopted
    scale = ElsewhereScale(
        name=sent.scale_name.strip() if joined is None else _scale(session, joined).name,
        relation=relation,
        mean=group.mean,
        sd=group.sd,
        base_id=None if adopted is None else adopted.id,
        base_digest=None if adopted is None else adopted.digest,
        link=together.link,
        n_common=together.n_common,
    )
    simulated = sent.simulated or (joined is not None and bool(joined.body.get("simulated")))
    code = " ".join(part for part in (source.program, source.version) if part)
    body = replace(together.parameters, simulated=simulated, code_version=code).to_dict()
    report = report_body(together.items, together.warnings)
    found_id, title = new_id(now), sent.title.strip()
    covered = elsewhere_body(
        found_id, bank.id, title, source, scale, body, report, actor.person_id, now
    )
    return CalibrationElsewhere(
        id=found_id,
        bank_id=bank.id,
        title=title,
        source=source,
        scale=scale,
        body=body,
        items=together.items,
        warnings=together.warnings,
        file=sent.content,
        brought_by=actor.person_id,
        brought_at=now,
        digest=digest(covered),
    )


def bring_in_parameters(
    session: Session, clock: Clock, actor: Actor, bank_id: str, sent: SentParameters
) -> CalibrationElsewhere:
    """Store a calibration from elsewhere with what would become of each item; adopt nothing.

    Raises:
        As `check_parameters` does.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    found = check_parameters(session, clock, actor, bank_id, sent)
    elsewhere_repository.add(session, found)
    detail = {"title": found.title, "file": found.source.file_digest, "digest": found.digest}
    subject = f"calibration_elsewhere:{found.id}"
    record_act(session, found.brought_at, actor, "calibration.bring_in", subject, detail)
    return found


def find_elsewhere(
    session: Session, actor: Actor, bank_id: str, elsewhere_id: UUID
) -> CalibrationElsewhere:
    """Return one calibration that was brought for a bank.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
        ElsewhereUnknown: The bank has none with this id.
    """
    require(actor, *READERS)
    found = elsewhere_behind(session, elsewhere_id)
    if found.bank_id != bank_id:
        raise ElsewhereUnknown(elsewhere_id)
    return found


def elsewhere_behind(session: Session, elsewhere_id: UUID) -> CalibrationElsewhere:
    """Return the calibration from elsewhere that parameters rest on, for the contexts above.

    It does not ask who is asking: the use case that calls it does.

    Raises:
        ElsewhereUnknown: There is none with this id.
    """
    found = elsewhere_repository.one(session, elsewhere_id)
    if found is None:
        raise ElsewhereUnknown(elsewhere_id)
    return found


def list_elsewhere(session: Session, actor: Actor, bank_id: str) -> list[CalibrationElsewhere]:
    """Return the calibrations that were brought for a bank, the newest first, in short.

    Raises:
        NotAllowed: The actor is neither author, reviewer nor psychometrician.
    """
    require(actor, *READERS)
    return elsewhere_repository.in_short(session, bank_id, most=MOST_LISTED)


def adopt_elsewhere(
    session: Session, clock: Clock, actor: Actor, bank_id: str, elsewhere_id: UUID, reason: str
) -> AdoptedParameters:
    """Make parameters from elsewhere the ones this bank's scores are computed with.

    Raises:
        NotAllowed: The actor is no psychometrician.
        ElsewhereUnknown: The bank has no such calibration.
        OwnMatter: They are enrolled in an exam whose scores these parameters would change.
        ScaleMoved: Other parameters are in use than those it was compared or joined with.
        ParametersRefused: No reason is given, or the bank lacks one of the items.
    """
    require(actor, Role.PSYCHOMETRICIAN)
    found = find_elsewhere(session, actor, bank_id, elsewhere_id)
    exams = [exam.id for exam in list_exams(session) if exam.bank_id == found.bank_id]
    keep_candidates_apart(session, actor, *exams)
    adopted = current_parameters(session, found.bank_id)
    in_use = None if adopted is None else adopted.id
    if in_use != found.scale.base_id:
        raise ScaleMoved(found.title)
    return adopt_parameters(
        session,
        clock,
        actor,
        found.bank_id,
        body=found.body,
        elsewhere_id=found.id,
        elsewhere_digest=found.digest,
        reason=reason,
    )


def _scale(session: Session, adopted: AdoptedParameters) -> ScaleInUse:
    group = (adopted.body.get("groups") or [{}])[0]
    name = f"calibration of {adopted.adopted_at:%d %B %Y}"
    if adopted.elsewhere_id is not None:
        name = elsewhere_behind(session, adopted.elsewhere_id).scale.name
    n_items = len(adopted.body["items"])
    return ScaleInUse(name, group.get("mean", 0.0), group.get("sd", 1.0), n_items)


def _points(session: Session, bank_id: str) -> dict[str, int]:
    return {
        item.item_id: ITEM_TYPES[item.item_type].most_points(item.content)
        for item in latest_versions(session, bank_id)
    }


def _faults(sent: SentParameters) -> Iterator[str]:
    """Yield what has to be said of a table before it can be read."""
    texts = (
        ("title", sent.title, LONGEST_TITLE, "a name for this calibration"),
        ("program", sent.program, LONGEST_WORDS, "the program that estimated the parameters"),
        ("population", sent.population, LONGEST_WORDS, "whose answers they rest on"),
    )
    for name, text, longest, what in texts:
        if not 0 < len(text.strip()) <= longest:
            yield f"{name}: say in 1 to {longest} signs {what}"
    for name, text, longest in (
        ("version", sent.version, LONGEST_WORDS),
        ("note", sent.note, LONGEST_NOTE),
        ("scale name", sent.scale_name, LONGEST_WORDS),
    ):
        if len(text) > longest:
            yield f"{name}: has {len(text)} signs; {longest} are the most"
    if not 1 <= sent.n_persons <= MOST_PERSONS:
        yield f"sample size: is {sent.n_persons}; say how many people answered, 1 or more"
    yield from _choice_faults(sent)


def _choice_faults(sent: SentParameters) -> Iterator[str]:
    if sent.relation not in {relation.value for relation in ScaleRelation}:
        yield "scale: say whether it is one of its own, the one in use, or one to be linked to it"
    elif sent.relation == ScaleRelation.OWN:
        yield from _scale_faults(sent)
    if sent.table and sent.table not in {*FORMATS, PARAMETER_FILE}:
        yield f"table: is {sent.table[:40]!r}; {', '.join([*FORMATS, PARAMETER_FILE])} are known"


def _scale_faults(sent: SentParameters) -> Iterator[str]:
    if not sent.scale_name.strip():
        yield "scale name: say what the scale is called, so that nobody mixes it with another"
    if sent.mean is None or not abs(sent.mean) <= WIDEST_MEAN:
        yield (
            "mean: say the mean ability of the reference group in logits; most programs fix it at 0"
        )
    if sent.sd is None or not 0 < sent.sd <= WIDEST_DEVIATION:
        yield (
            "deviation: say the standard deviation of ability in the reference group in logits; "
            "1 where the program fixes it, and what it estimated under the Rasch model"
        )


def _reading(sent: SentParameters) -> TableReading:
    """Read the file as what it is said to be, or as what its headings say.

    Raises:
        ParametersUnreadable: It cannot be read, or nobody can tell what it is.
    """
    try:
        if sent.table == PARAMETER_FILE or (
            not sent.table and sent.content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")
        ):
            return _parameter_file(sent)
        table = read_table(sent.file, sent.content)
        found = recognised(tuple(name.casefold() for name in table.header))
        if sent.table:
            found = (FORMATS[sent.table],)
        if len(found) != 1:
            titles = ", ".join(one.title for one in found or tuple(FORMATS.values()))
            raise ParametersUnreadable(
                [
                    f"{sent.file}: the headings do not tell what table this is; say it. "
                    f"{'It could be' if found else 'Known are'} {titles}"
                ]
            )
        said = TableConventions(sent.scaling or None, sent.step_model or None)
        return found[0].read(table, said)
    except Refusal as refusal:
        raise ParametersUnreadable(refusal.faults) from refusal


def _parameter_file(sent: SentParameters) -> TableReading:
    """Read the JSON file of item parameters, as the commands write it.

    Raises:
        Refusal: It is none, or for another D than was said.
    """
    if sent.scaling not in {"", "1"}:
        raise Refusal([f"{sent.file}: a parameter file is for D = 1, and {sent.scaling} was said"])
    found = read_parameters(sent.file, sent.content)
    items = tuple(_of_file(place, item) for place, item in enumerate(found.items, start=1))
    return TableReading(PARAMETER_FILE, "1", items)


def _of_file(place: int, item: ItemParameters) -> TabledItem:
    if item.model == "nrm":
        words = "the nominal model has no order of points; calibrate it as gpcm or grm"
        return TabledItem(item.item_id, place, None, (words,))
    return TabledItem(item.item_id, place, item)
