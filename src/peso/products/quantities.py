"""Times and sizes as people write them in a stack file: a number and its unit, never one alone.

`60 s`, `10 min`, `1.5 h`; `512 MiB`, `1 GiB`, `2 GB`. Decimal and binary units are kept apart,
since the two differ by 7 % at a gigabyte. Nothing here measures anything.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

TIMES: Mapping[str, Decimal] = MappingProxyType(
    {
        "ms": Decimal("0.001"),
        "s": Decimal(1),
        "min": Decimal(60),
        "h": Decimal(3600),
        "d": Decimal(86400),
    }
)
"""Units of time, in seconds."""
SIZES: Mapping[str, Decimal] = MappingProxyType(
    {
        "B": Decimal(1),
        **{f"{prefix}B": Decimal(1000) ** n for n, prefix in enumerate("kMGT", start=1)},
        **{f"{prefix}iB": Decimal(1024) ** n for n, prefix in enumerate("KMGT", start=1)},
    }
)
"""Units of size, in bytes: powers of 1000 (kB) and of 1024 (KiB)."""
SHAPE = r"[0-9]{1,12}(\.[0-9]{1,6})?"
"""What the number before a unit looks like."""
_QUANTITY = re.compile(rf"({SHAPE})\s*([A-Za-zµ]+)")


def seconds(text: str) -> float:
    """Return a time in seconds.

    Raises:
        ValueError: it is none, or not above zero; the message says why, in a sentence.
    """
    return float(_quantity(text, TIMES, what="a time", examples="'60 s', '10 min' or '2 h'"))


def bytes_of(text: str) -> int:
    """Return a size in whole bytes; a part of a byte does not count.

    Raises:
        ValueError: it is none, or below one byte; the message says why, in a sentence.
    """
    size = int(_quantity(text, SIZES, what="a size", examples="'512 MiB' or '1 GiB'"))
    if size < 1:
        raise ValueError(f"{text!r} is less than one byte")
    return size


def _quantity(text: str, units: Mapping[str, Decimal], *, what: str, examples: str) -> Decimal:
    found = _QUANTITY.fullmatch(text.strip())
    if not found:
        raise ValueError(f"{text!r} is not {what}: write a number and its unit, such as {examples}")
    number, unit = Decimal(found[1]), found[3]
    if unit not in units:
        raise ValueError(f"{unit!r} in {text!r} is not a unit of {what[2:]}{_nearest(unit, units)}")
    if not number:
        raise ValueError(f"{text!r} is nothing; {what} here is above zero")
    return number * units[unit]


def _nearest(unit: str, units: Mapping[str, Decimal]) -> str:
    """Say which units there are, the one probably meant first."""
    alike = {name.lower(): name for name in units}
    near = difflib.get_close_matches(unit.lower(), alike, n=1, cutoff=0.5)
    meant = f"; did you mean {alike[near[0]]!r}?" if near else ""
    return f"{meant} (known: {', '.join(units)})"
