"""Item response models, one file each; `MODELS` finds them by the name used in files.

To add a model, add a file that brings `MODEL`, an `ItemModel` with its own `example`. The
conformance suite picks it up and checks it.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.kernel import plugins
from examengine.psychometrics.models._contract import FILE_ORDER, LISTS, ItemModel, Value, Values

MODELS: Mapping[str, ItemModel] = MappingProxyType(
    {model.code: model for model in plugins.load(sys.modules[__name__], attribute="MODEL").values()}
)

__all__ = ["FILE_ORDER", "LISTS", "MODELS", "ItemModel", "Value", "Values"]
