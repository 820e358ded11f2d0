"""What journeys may ask for: a real browser on a real server."""

from tests.browser import (  # noqa: F401  (fixtures are found by their names here)
    chromium,
    context,
    live_app,
    live_clock,
    page,
    port,
    server,
)
from tests.journeys.programme import (  # noqa: F401
    place,
    programme_template,
)
