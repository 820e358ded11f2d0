"""The measurement library: from responses to parameters, abilities, forms, cuts and their errors.

    from examengine.psychometrics import calibrate, item_fit, plots, score

    calibration = calibrate(answers, "2pl", key="ABDCA…")
    calibration.table()
    score(calibration).theta
    item_fit(calibration).table()
    plots.information(calibration)

It knows numpy and scipy and nothing of databases, requests or people's accounts. One metric
everywhere: logistic, D = 1. Names are loaded when they are asked for.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from examengine.psychometrics import plots
    from examengine.psychometrics.estimation.plan import Calibration
    from examengine.psychometrics.estimation.priors import Priors
    from examengine.psychometrics.face.calibrating import (
        calibrate,
        compare_models,
        read_parameters,
    )
    from examengine.psychometrics.face.classical import (
        dimensionality,
        item_analysis,
        reliability,
    )
    from examengine.psychometrics.face.comparing import dif, equate, link, similarity
    from examengine.psychometrics.face.deciding import classify, cut_score
    from examengine.psychometrics.face.fitting import (
        item_fit,
        local_dependence,
        model_fit,
        person_fit,
    )
    from examengine.psychometrics.face.given import read_responses
    from examengine.psychometrics.face.scoring import information, plausible_values, score
    from examengine.psychometrics.face.simulating import simulate
    from examengine.psychometrics.parameters import ItemParameters, ParameterSet
    from examengine.psychometrics.refusals import Refusal
    from examengine.psychometrics.responses import Responses
    from examengine.psychometrics.shown import Table

__all__ = [
    "Calibration",
    "ItemParameters",
    "ParameterSet",
    "Priors",
    "Refusal",
    "Responses",
    "Table",
    "calibrate",
    "classify",
    "compare_models",
    "cut_score",
    "dif",
    "dimensionality",
    "equate",
    "information",
    "item_analysis",
    "item_fit",
    "link",
    "local_dependence",
    "model_fit",
    "person_fit",
    "plausible_values",
    "plots",
    "read_parameters",
    "read_responses",
    "reliability",
    "score",
    "similarity",
    "simulate",
]

_PLACES = {
    "estimation.plan": ("Calibration",),
    "estimation.priors": ("Priors",),
    "face.calibrating": ("calibrate", "compare_models", "read_parameters"),
    "face.classical": ("dimensionality", "item_analysis", "reliability"),
    "face.comparing": ("dif", "equate", "link", "similarity"),
    "face.deciding": ("classify", "cut_score"),
    "face.fitting": ("item_fit", "local_dependence", "model_fit", "person_fit"),
    "face.given": ("read_responses",),
    "face.scoring": ("information", "plausible_values", "score"),
    "face.simulating": ("simulate",),
    "parameters": ("ItemParameters", "ParameterSet"),
    "refusals": ("Refusal",),
    "responses": ("Responses",),
    "shown": ("Table",),
}
_MODULE_OF = {name: module for module, names in _PLACES.items() for name in names}


class _Face(ModuleType):
    """A package whose functions may be called as the rooms in which their work is done.

    `import examengine.psychometrics.dif` puts the room `dif` on this package under its name, where
    people look for the function `dif`. A room that has such a function is left off; it is imported
    by its full name, `from examengine.psychometrics.dif import …`, as ever.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _MODULE_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Face


def __getattr__(name: str) -> Any:
    """A name of the face, loaded now."""
    if name == "plots":
        return import_module(f"{__name__}.plots")
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """The names people need; rooms are found by their own."""
    return list(__all__)
