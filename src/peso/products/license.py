"""License: what a product says of its license, read as an SPDX license expression.

It reads; whether a license may go out is judged by `services/assurance/licenses.py`.

1. The text is kept as it was written; `names` and `problem` say what it means.
2. `problem` is a sentence where the text is no expression or has a name the SPDX list lacks.
3. `per-member-package`, the catalogs' convention for a collection, is no license and no fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from license_expression import (
    ExpressionError,
    ExpressionParseError,
    Licensing,
    get_spdx_licensing,
)

PER_PACKAGE = "per-member-package"
"""Stands for: each package of a collection has its own license."""


@dataclass(frozen=True, slots=True, kw_only=True)
class License:
    """What a license text says."""

    text: str
    expression: str | None = None
    """The expression in its normal form; None where it could not be read, see `problem`."""
    names: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def per_package(self) -> bool:
        """Whether each package of a collection has a license of its own."""
        return self.text.strip() == PER_PACKAGE


@cache
def spdx() -> Licensing:
    """Return the SPDX license list as the library has it; reading it takes a while."""
    return get_spdx_licensing()


def read_license(text: str, *, also: frozenset[str] = frozenset()) -> License:
    """Read a license text.

    Args:
        text: e.g. `Apache-2.0 WITH LLVM-exception`.
        also: Names that count as known beside the library's own list.
    """
    if text.strip() == PER_PACKAGE:
        return License(text=text)
    try:
        tree = spdx().parse(text, validate=False)
    except (ExpressionError, ExpressionParseError):
        tree = None
    if tree is None:
        return License(text=text, problem=f"{text!r} is not an SPDX license expression")
    names = tuple(dict.fromkeys(symbol.key for symbol in spdx().license_symbols(tree)))
    unknown = [name for name in names if name not in spdx().known_symbols and name not in also]
    unknown = [name for name in unknown if not name.startswith("LicenseRef-")]
    problem = f"{', '.join(unknown)}: not in the SPDX license list" if unknown else None
    return License(text=text, expression=str(tree), names=names, problem=problem)
