"""Small items of QTI, written for the tests, and single expressions worked out."""

from typing import Any

from examengine.bank.qti.declarations import VariableDeclaration, VariableKind
from examengine.bank.qti.expressions import EVALUATORS
from examengine.bank.qti.item import QtiItem, read_item
from examengine.bank.qti.randomness import Draws, NoDraws, SeededDraws
from examengine.bank.qti.scope import ProcessingScope
from examengine.bank.qti.sitting import ItemSitting, attempt, begin
from examengine.bank.qti.values import BaseType, Cardinality, Nullable, as_json, from_json
from examengine.bank.qti.xml_reading import read_xml

QTI_3 = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
QTI_2 = "http://www.imsglobal.org/xsd/imsqti_v2p2"
SCORE = '<qti-outcome-declaration identifier="SCORE" cardinality="single" base-type="float"/>'
MATCH_CORRECT = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct.xml"


def item_xml(inner: str, attributes: str = "", identifier: str = "small") -> bytes:
    """An item of QTI 3.0 around what a test is about."""
    return (
        f'<qti-assessment-item xmlns="{QTI_3}" identifier="{identifier}" title="Small" '
        f'{attributes} time-dependent="false">{inner}</qti-assessment-item>'
    ).encode()


def item(inner: str, attributes: str = "") -> QtiItem:
    """The item, read."""
    return read_item(item_xml(inner, attributes))


def response(
    identifier: str = "RESPONSE",
    cardinality: str = "single",
    base_type: str = "identifier",
    inner: str = "",
) -> str:
    """A response declaration."""
    return (
        f'<qti-response-declaration identifier="{identifier}" cardinality="{cardinality}" '
        f'base-type="{base_type}">{inner}</qti-response-declaration>'
    )


def correct(*values: str) -> str:
    """A correct response."""
    listed = "".join(f"<qti-value>{value}</qti-value>" for value in values)
    return f"<qti-correct-response>{listed}</qti-correct-response>"


def answered(of: QtiItem, said: dict[str, Any], sitting: ItemSitting | None = None) -> ItemSitting:
    """The sitting after an attempt with these answers, given as JSON."""
    values = {
        name: from_json(raw, of.declarations[name].cardinality, of.declarations[name].base_type)
        for name, raw in said.items()
    }
    before = begin(of, SeededDraws("test")) if sitting is None else sitting
    return attempt(of, before, values, NoDraws())


def outcome(of: QtiItem, said: dict[str, Any], name: str = "SCORE") -> Any:
    """An outcome after one attempt, as JSON."""
    return as_json(answered(of, said).outcomes[name])


def worked_out(expression: str, draws: Draws | None = None, **values: Nullable) -> Any:
    """What an expression comes to, as JSON; `values` are variables by name."""
    declarations = {
        name: VariableDeclaration(
            name,
            VariableKind.TEMPLATE,
            Cardinality.SINGLE if value is None else value.cardinality,
            BaseType.STRING if value is None else value.base_type,
        )
        for name, value in values.items()
    }
    scope = ProcessingScope(declarations, dict(values), {}, {}, draws or NoDraws(), EVALUATORS)
    return as_json(scope.evaluate(read_xml(expression.encode())))
