"""The table of all signs; of those that fit a line the first counts, so the specific come first.

Tracebacks of Python are no signs: what they say is read from the whole of them (`tracebacks.py`).
"""

from __future__ import annotations

from peso.products.engines.failures.sign import Sign
from peso.products.engines.failures.signs_compilers import COMPILERS
from peso.products.engines.failures.signs_machine import PERMISSION, PROGRAMS, RESOURCES, SOURCES
from peso.products.engines.failures.signs_tools import CONFIGURE, ELSE, LATE, TESTS

SIGNS: tuple[Sign, ...] = (
    *RESOURCES,
    *SOURCES,
    *PROGRAMS,
    *LATE,
    *PERMISSION,
    *CONFIGURE,
    *COMPILERS,
    *TESTS,
    *ELSE,
)
