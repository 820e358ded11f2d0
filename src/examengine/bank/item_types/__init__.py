"""Item types, one file and one template each; `ITEM_TYPES` finds them by the name used in files.

To add a type, add a file that brings `ITEM_TYPE`, an `ItemType` with its own `example`, and a
template of the same name. The conformance suite picks both up and checks them.
"""

import sys
from collections.abc import Mapping
from types import MappingProxyType

from examengine.bank.item_types._fault import Content, ItemFault
from examengine.bank.item_types._item_type import ItemType, Rationale
from examengine.kernel import plugins

ITEM_TYPES: Mapping[str, ItemType] = MappingProxyType(
    plugins.load(sys.modules[__name__], attribute="ITEM_TYPE")
)

__all__ = ["ITEM_TYPES", "Content", "ItemFault", "ItemType", "Rationale"]
