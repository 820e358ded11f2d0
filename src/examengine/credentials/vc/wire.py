"""A report as JSON, on its way from the process that verifies to the one that asked.

The process reads what strangers send, so it is believed no further than its answers: no object of
its making is unpacked, only text, numbers and moments in their places.
"""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from examengine.credentials.vc.report import Report, Statement, StepOutcome, VerificationStep


def packed(report: Report) -> bytes:
    """Return a report as bytes."""
    return json.dumps(asdict(report), default=_as_text).encode("utf-8")


def unpacked(data: bytes) -> Report:
    """Return the report that `packed` wrote.

    Raises:
        ValueError, KeyError, TypeError: It is no such report.
    """
    said = json.loads(data)
    steps = tuple(
        VerificationStep(**{**step, "answer": StepOutcome(step["answer"])})
        for step in said["steps"]
    )
    stated = said["stated"]
    return Report(
        steps=steps,
        credential_id=said["credential_id"],
        issuer=said["issuer"],
        test=said["test"],
        stated=None if stated is None else _statement(stated),
        proofs=tuple((key, value) for key, value in said["proofs"]),
    )


def _statement(stated: dict[str, Any]) -> Statement:
    moments = {
        name: None if stated[name] is None else datetime.fromisoformat(stated[name])
        for name in ("awarded", "until")
    }
    return Statement(**{**stated, **moments})


def _as_text(value: object) -> str:
    if isinstance(value, StepOutcome):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a report holds no {type(value).__name__}")
