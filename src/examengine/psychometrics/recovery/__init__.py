"""How well the library's own estimates and tests do when the truth is known, by simulation.

One file is one study; `STUDIES` finds them by the name used in the command.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from examengine.kernel import plugins
from examengine.psychometrics.recovery._contract import MonteCarloMean, Study, moment
from examengine.psychometrics.recovery._running import Finished, run_study
from examengine.psychometrics.recovery._tables import csv_table, markdown_table, with_table

STUDIES: Mapping[str, Study[Any, Any]] = MappingProxyType(
    {study.code: study for study in plugins.load(sys.modules[__name__], attribute="STUDY").values()}
)

__all__ = [
    "STUDIES",
    "Finished",
    "MonteCarloMean",
    "Study",
    "csv_table",
    "markdown_table",
    "moment",
    "run_study",
    "with_table",
]
