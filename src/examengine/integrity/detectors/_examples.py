"""Small attempts, told as seconds from the start, for the examples of the detectors."""

from datetime import UTC, datetime, timedelta

from examengine.delivery import FocusLost, FocusReturned, ItemShown, ResponseSaved

_START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_PAGE = "example-page"


def at(seconds: float) -> datetime:
    """Return the moment so many seconds after the start."""
    return _START + timedelta(seconds=seconds)


def shown(seconds: float, item_id: str) -> ItemShown:
    """An item was shown."""
    return ItemShown(at(seconds), item_id)


def saved(seconds: float, item_id: str) -> ResponseSaved:
    """An item was answered."""
    return ResponseSaved(at(seconds), item_id, "a", 1, _PAGE, int(seconds))


def away(seconds: float, until: float, item_id: str) -> tuple[FocusLost, FocusReturned]:
    """The page was not in front for a while."""
    return (
        FocusLost(at(seconds), item_id, _PAGE, int(seconds)),
        FocusReturned(at(until), item_id, _PAGE, int(until)),
    )
