"""Which packages a product is: by what it says, else by its name, and always how.

1. A product that names packages is those, and no others.
2. Else its names (its own, those in E4S, its file's in the consortium's catalog) are tried, in
   this order, the first way that finds something counts:
   a. the name in lower case, with `-` for spaces, `_`, `.` and `/`, is a package;
   b. so is that name behind `py-`, `r-`, `perl-` or `lua-`;
   c. so is the name when all hyphens are left out on both sides.
3. Several packages by one way are an ambiguous match: named, and none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from peso.products.product import Product

_SEPARATORS = re.compile(r"[\s_./+]+")
_PREFIXES = ("py-", "r-", "perl-", "lua-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The packages of a product, and how they were found."""

    packages: tuple[str, ...] = ()
    how: str
    claimed: bool = False
    """Whether the product says so itself."""
    candidates: tuple[str, ...] = ()
    """Not empty: several fit, so none was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names of all packages, ready to be matched."""

    exact: frozenset[str]
    joined: Mapping[str, tuple[str, ...]]
    """Names without hyphens, and whose they are."""


def names_of(packages: Iterable[str]) -> Names:
    """Return package names, ready to be matched."""
    several = tuple(packages)
    joined: dict[str, tuple[str, ...]] = {}
    for name in several:
        key = name.replace("-", "")
        joined[key] = (*joined.get(key, ()), name)
    return Names(exact=frozenset(several), joined=joined)


def normal(name: str) -> str:
    """Return a name in the form package names have."""
    return _SEPARATORS.sub("-", name.strip().casefold()).strip("-")


def match(product: Product, names: Names) -> Match:
    """Return which packages a product is."""
    if product.spack:
        return Match(packages=product.spack, how="the product names them", claimed=True)
    called = (product.name, *product.e4s, product.cass)
    wanted = tuple(dict.fromkeys(normal(one) for one in called if one.strip()))
    for how, found in _ways(wanted, names):
        if len(found) == 1:
            return Match(packages=found, how=how)
        if found:
            return Match(how=how, candidates=found)
    return Match(how="no package has its name")


def _ways(wanted: tuple[str, ...], names: Names) -> Iterable[tuple[str, tuple[str, ...]]]:
    yield "a package has its name", _distinct(one for one in wanted if one in names.exact)
    prefixed = (f"{prefix}{one}" for one in wanted for prefix in _PREFIXES)
    yield (
        "a package has its name behind the prefix of a language",
        _distinct(one for one in prefixed if one in names.exact),
    )
    joined = (found for one in wanted for found in names.joined.get(one.replace("-", ""), ()))
    yield "a package has its name but for hyphens", _distinct(joined)


def _distinct(several: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(several))
