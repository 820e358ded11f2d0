"""Wall times of other programs as they were measured elsewhere, for comparison only.

One machine (2 virtual Xeon processors with AVX-512, R 4.2.2, Python 3.11.7, OpenBLAS), one thread,
61 points, default tolerances, the fit alone; mirt 1.47, girth 0.8.0 (numpy 2.3.5 for 3PL). The
project's notes on existing programs (psychometrics/notes.md, section 7, in the folder shared beside
the repository) say how. Where a range was seen its lower end stands here. The time of the 3PL is
with a correct prior, logit c ~ N(−1.39, 0.5²): with a beta prior mirt stops before its maximum.
"""

from collections.abc import Mapping
from types import MappingProxyType

MIRT_SECONDS: Mapping[str, float] = MappingProxyType(
    {
        "2pl": 4.3,
        "2pl-errors": 25.7,
        "2pl-large": 38.0,
        "3pl": 21.3,
        "grm": 1.78,
        "eap": 10.0,
    }
)
GIRTH_SECONDS: Mapping[str, float] = MappingProxyType(
    {"2pl": 21.4, "2pl-large": 384.0, "3pl": 126.0, "grm": 2.4}
)
# dexter 1.8.0 by conditional maximum likelihood, the program to beat there.
DEXTER_SECONDS: Mapping[str, float] = MappingProxyType({"cml": 1.3})
# How many times faster than mirt the project set out to be.
BARS: Mapping[str, float] = MappingProxyType(
    {"2pl": 25.0, "2pl-large": 25.0, "eap": 25.0, "3pl": 15.0, "grm": 10.0}
)
