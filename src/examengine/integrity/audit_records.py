"""The records and logs of an audit file, held against its ledger one after the other."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from examengine.delivery import LoggedEvent, fold
from examengine.integrity.audit_findings import AuditFinding, FileFaults, FindingSubject
from examengine.integrity.audit_ledger import KnownLedger
from examengine.integrity.audit_reading import Source
from examengine.integrity.log_heads import LogFault, WitnessedHead
from examengine.integrity.log_verification import verify_log
from examengine.kernel.clock import from_iso
from examengine.kernel.digest import digest
from examengine.ledger import LOG, seal

LISTS = ("ledger", "records", "forms", "attempts")
NAMES = frozenset({"schema", "head", *LISTS})

NAMED = (
    ("response_record_id", "response_record_digest", "response_record"),
    ("score_record_id", "score_record_digest", "score_record"),
    ("cut_score_id", "cut_score_digest", "cut_score"),
    ("clearance_id", "clearance_digest", "clearance"),
    ("parameters_id", "parameters_digest", "adopted_parameters"),
    ("run_id", "run_digest", "calibration_run"),
    ("elsewhere_id", "elsewhere_digest", "calibration_elsewhere"),
)
"""Where records name others: the columns of id and, as a rule, digest, and the kind named."""
OF_A_RESPONSE_RECORD = (
    *("id", "administration_id", "attempt_id", "form_id", "form_digest", "responses", "seconds"),
    *("head", "head_version", "reason", "submitted_at"),
)
"""What the digest of a response record covers beside the person."""


class RecordsRead:
    """Reads records, forms and logs, in whatever order, and holds them against the ledger."""

    def __init__(self, known: KnownLedger) -> None:
        self._known = known
        self._waiting = dict(known.sealed)
        self._found: list[AuditFinding] = []
        self._faults = FileFaults()
        self._forms: dict[str, str] = {}
        self._sat: list[tuple[FindingSubject, str, str]] = []
        self._digests: dict[FindingSubject, str] = {}
        self._names: list[tuple[FindingSubject, FindingSubject, Any]] = []
        self._logged: dict[str, str] = {}
        self._handed_over: dict[str, tuple[str, str, WitnessedHead]] = {}
        self._places: set[str] = set()
        self.n_records = self.n_events = 0
        self.ends: dict[str, str] = {}
        """The digest of the last event of each log; empty where there is none."""
        self.handed_in: set[str] = set()
        self.lost: set[str] = set()

    def read(self, source: Source) -> None:
        """Read a whole file.

        Raises:
            AuditFileUnusable: It is no audit file.
        """
        takers = {"records": self._record, "forms": self._form, "attempts": self._attempt}
        for name, place, value in source():
            self._places.add(name)
            if name not in NAMES:
                self._faults.add(f"{name}: an audit file has no such member")
            elif place is not None and name in takers:
                self._take(takers[name], f"{name}[{place}]", value)
            elif place is None and name in LISTS and value != []:
                self._faults.add(f"{name}: is no list")
        for name in LISTS:
            if name not in self._places:
                self._faults.add(f"{name}: is missing; a list is needed")
        self._faults.refuse_any()

    def _take(self, taker: Any, where: str, value: Any) -> None:
        if not isinstance(value, Mapping):
            self._faults.add(f"{where}: is no object")
            return
        try:
            taker(value, where)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self._faults.add(f"{where}: cannot be read ({error})")

    def _record(self, entry: Mapping[str, Any], _where: str) -> None:
        """Take one record, in full or by its digest."""
        subject = str(entry["kind"]), str(entry["id"])
        self.n_records += 1
        sealed = self._waiting.pop(subject, None)
        if sealed is None:
            twice = subject in self._known.sealed
            words = (
                "It stands in the file twice."
                if twice
                else "No entry of the ledger seals it: it was put in past the ledger."
            )
            self._say(subject, "inserted", words)
            return
        body = entry.get("body")
        covered = entry["digest"] if body is None else seal(entry.get("salt"), body)
        if covered == sealed.draft.digest:
            self._note_names(subject, body or {})
            return
        words = f"It is not what was sealed as {sealed.words}: it was changed since."
        self._say(subject, "changed", words)
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            self._note_names(subject, body or {})  # as far as it can be read still

    def _note_names(self, subject: FindingSubject, body: Mapping[str, Any]) -> None:
        """Note what a record that is told in full names, and by what others name it."""
        kind, _ = subject
        if "digest" in body:
            self._digests[subject] = str(body["digest"])
        if "form_digest" in body and kind in {"enrolment", "response_record"}:
            self._sat.append((subject, str(body["form_id"]), str(body["form_digest"])))
        self._names += [
            (subject, (other, str(body[id_column])), body.get(digest_column))
            for id_column, digest_column, other in NAMED
            if body.get(id_column) is not None and other != kind
        ]
        if kind == "response_record":
            self._note_handed_over(subject, body)

    def _note_handed_over(self, subject: FindingSubject, body: Mapping[str, Any]) -> None:
        if body.get("person_id") is not None:
            own = {name: body.get(name) for name in OF_A_RESPONSE_RECORD}
            own |= {"sections": body["sections"]} if body.get("sections") else {}
            if digest(own | {"person": body["person_id"]}) != body["digest"]:
                self._say(subject, "changed", "Its content does not give the digest it carries.")
        attempt_id = body.get("attempt_id")
        if attempt_id is not None:
            version = body.get("head_version")
            if not isinstance(version, int) or not isinstance(body["responses"], Mapping):
                raise ValueError("head_version is a whole number and responses an object")
            head, responses = WitnessedHead(str(body["head"]), version), _kept(body["responses"])
            self._handed_over[str(attempt_id)] = subject[1], responses, head
            self.handed_in.add(str(attempt_id))

    def _form(self, entry: Mapping[str, Any], _where: str) -> None:
        self._forms[str(entry["id"])] = digest(entry["body"])

    def _attempt(self, entry: Mapping[str, Any], where: str) -> None:
        """Take one log, and verify it against the heads it had."""
        attempt_id = str(UUID(entry["id"]))
        log = tuple(self._events(attempt_id, entry["events"], where))
        sealed = self._known.heads.get(attempt_id, [])
        if attempt_id in self.ends:
            self._say((LOG, attempt_id), "inserted", "It stands in the file twice.")
        if log and not sealed:
            words = "No entry of the ledger seals it: it was put in past the ledger."
            self._say((LOG, attempt_id), "inserted", words)
        verdict = verify_log(log, sealed=sealed)
        self._found += [AuditFinding(LOG, attempt_id, fault) for fault in verdict.faults]
        self.ends[attempt_id] = log[-1].digest if log else ""
        self.n_events += len(log)
        if verdict.intact and log:
            self._logged[attempt_id] = self._last_answers(attempt_id, log)

    def _last_answers(self, attempt_id: str, log: Sequence[LoggedEvent]) -> str:
        try:
            last = log[-1]
            kept = _kept(fold(last.attempt_id, log).responses)
            return json.dumps([last.version, last.digest, kept])
        except (KeyError, TypeError, ValueError):
            words = "The log holds an event that no version of this program has written."
            self._say((LOG, attempt_id), "inserted", words)
            return ""

    def _events(self, attempt_id: str, events: Any, where: str) -> Iterator[LoggedEvent]:
        if not isinstance(events, list):
            raise ValueError("events is a list")
        for place, event in enumerate(events):
            try:
                yield _event(attempt_id, event)
            except (KeyError, TypeError, ValueError) as fault:
                self._faults.add(f"{where}.events[{place}]: cannot be read ({fault})")

    def findings(self) -> Iterator[AuditFinding]:
        """Yield everything that was found, once the whole file has been read."""
        yield from self._missing()
        yield from self._found
        yield from self._other_ends()
        yield from self._other_forms()
        yield from self._broken_names()

    def _missing(self) -> Iterator[AuditFinding]:
        for subject, entry in self._waiting.items():
            words = f"It was sealed as {entry.words}, and is missing."
            yield AuditFinding(*subject, LogFault("missing", None, words))
        for attempt_id, heads in self._known.heads.items():
            if attempt_id not in self.ends:
                self.lost.add(attempt_id)
                words = f"The log was sealed with {heads[-1].version} events, and is missing."
                yield AuditFinding(LOG, attempt_id, LogFault("missing", None, words))

    def _other_ends(self) -> Iterator[AuditFinding]:
        """Compare what was handed over with the logs it was read from."""
        for attempt_id, (record_id, handed_over, head) in self._handed_over.items():
            found = self._logged.get(attempt_id)
            if not found:
                continue  # there is no log in this file, or its own faults are told
            version, last, logged = json.loads(found)
            if (version, last) != (head.version, head.digest):
                words = (
                    f"The log ends at event {version}, and {head.told_by} is that of event "
                    f"{head.version}."
                )
                yield AuditFinding(LOG, attempt_id, LogFault("inserted", version, words))
            for item_id in _differing(json.loads(logged), json.loads(handed_over)):
                words = f"Its answer to {item_id} is not the last one in the log."
                fault = LogFault("changed", None, words)
                yield AuditFinding("response_record", record_id, fault)

    def _other_forms(self) -> Iterator[AuditFinding]:
        for subject, form_id, form_digest in self._sat:
            if self._forms.get(form_id) != form_digest:
                words = f"It names the form {form_id}, which is not in this file in that state."
                yield AuditFinding(*subject, LogFault("changed", None, words))

    def _broken_names(self) -> Iterator[AuditFinding]:
        for subject, named, named_digest in self._names:
            other = f"{named[0].replace('_', ' ')} {named[1]}"
            found = self._digests.get(named)
            if None not in {found, named_digest} and found != named_digest:
                words = f"It names the {other} by another digest."
                yield AuditFinding(*subject, LogFault("changed", None, words))
            elif found is None and named not in self._known.sealed:
                words = f"It names the {other}, which is neither here nor in the ledger."
                yield AuditFinding(*subject, LogFault("missing", None, words))

    def _say(self, subject: FindingSubject, code: str, words: str) -> None:
        self._found.append(AuditFinding(*subject, LogFault(code, None, words)))


def _differing(logged: Mapping[str, Any], handed_over: Mapping[str, Any]) -> list[str]:
    names = sorted({*logged, *handed_over})
    return [name for name in names if logged.get(name) != handed_over.get(name)]


def _kept(responses: Mapping[str, Any]) -> str:
    """Return responses as they are kept until both sides are known: as text, which is small."""
    return json.dumps(dict(responses), separators=(",", ":"))


def _event(attempt_id: str, event: Mapping[str, Any]) -> LoggedEvent:
    version, body = event["version"], event["body"]
    if isinstance(version, bool) or not isinstance(version, int):
        raise ValueError("version is a whole number")
    if not isinstance(body, Mapping):
        raise ValueError("body is an object")
    previous = event.get("previous")
    return LoggedEvent(
        attempt_id=UUID(attempt_id),
        version=version,
        at=from_iso(event["at"]),
        type=str(event["type"]),
        body=body,
        previous=None if previous is None else str(previous),
        digest=str(event["digest"]),
    )
