"""Whether two licenses are the same, as SPDX expressions; where that cannot be said, why.

1. Old names of the GNU licenses are their new ones: `GPL-2.0` is `GPL-2.0-only`, `GPL-2.0+` is
   `GPL-2.0-or-later`.
2. Two expressions are the same where one can be had from the other by the rules of AND and OR.
3. A recipe may name several licenses, each under a condition: one that is the same is enough, and
   its condition is said.
4. Text that is no SPDX expression, a license for each package, or nothing at all is `Unknown`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from license_expression import LicenseExpression

from peso.base.finding import Unknown
from peso.products.license import License, read_license, spdx
from peso.products.recipes.record import License as RecipeLicense

_OLD_GNU = re.compile(r"\b(A?GPL|LGPL|GFDL)-(\d\.\d)(\+|(?![-.\d\w+]))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What came of comparing a product's license with its recipe's."""

    same: bool | Unknown
    recipe: str = ""
    """What the recipe says."""
    line: int = 0
    """Where it says so."""


def compare(said: str | Unknown, recipe: Sequence[RecipeLicense]) -> Compared:
    """Compare a product's license with those of a recipe."""
    text = " or ".join(dict.fromkeys(one.expression for one in recipe))
    line = recipe[0].line if recipe else 0
    if isinstance(said, Unknown):
        return Compared(same=Unknown(unknown=f"the product: {said.unknown}"), recipe=text)
    mine = _read(said)
    if mine.per_package:
        why = "the product has a license for each of its packages"
        return Compared(same=Unknown(unknown=why), recipe=text)
    if mine.problem or mine.expression is None:
        return Compared(same=Unknown(unknown=f"the product: {mine.problem}"), recipe=text)
    theirs = [_read(one.expression) for one in recipe]
    if any(_same(mine, one) for one in theirs):
        return Compared(same=True, recipe=text, line=line)
    problems = [one.problem for one in theirs if one.problem]
    if problems:
        return Compared(same=Unknown(unknown=f"the recipe: {problems[0]}"), recipe=text, line=line)
    return Compared(same=False, recipe=text, line=line)


def same_license(one: str, other: str) -> bool | Unknown:
    """Say whether two license texts mean the same."""
    read = (_read(one), _read(other))
    for text, license_ in zip((one, other), read, strict=True):
        if license_.per_package:
            return Unknown(unknown=f"{text} is a license for each package")
        if license_.problem or license_.expression is None:
            return Unknown(unknown=license_.problem or "it names no license")
    return _same(*read)


@cache
def _read(text: str) -> License:
    return read_license(_OLD_GNU.sub(_new, text))


def _new(found: re.Match[str]) -> str:
    later = "or-later" if found.group(3) else "only"
    return f"{found.group(1)}-{found.group(2)}-{later}"


def _same(one: License, other: License) -> bool:
    if one.problem or other.problem or one.expression is None or other.expression is None:
        return False
    parsed = [_parsed(one.expression), _parsed(other.expression)]
    return bool(spdx().is_equivalent(*parsed))


@cache
def _parsed(expression: str) -> LicenseExpression:
    return spdx().parse(expression)
