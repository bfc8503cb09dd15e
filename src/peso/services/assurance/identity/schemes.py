"""Version schemes: how versions of a product are written, and so by which rules they are ordered.

Says what a version of a scheme looks like; the orders are `matching/order.py`'s. A version that
does not fit its scheme, and a branch's name, is for nobody to order: the answer is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from packaging.version import InvalidVersion, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """One way to write versions."""

    name: str
    meaning: str
    form: re.Pattern[str] | None
    """What a version looks like; None: as PEP 440 says."""


_ALL = (
    Scheme(
        name="spack",
        meaning="as Spack orders them: numbers and letters, whatever separates them",
        form=re.compile(r"v?\d[\w.+-]*", re.ASCII),
    ),
    Scheme(name="pep440", meaning="Python's (PEP 440)", form=None),
    Scheme(
        name="semver",
        meaning="three numbers, then perhaps a prerelease (semver.org 2.0.0)",
        form=re.compile(r"\d+(?:\.\d+){0,2}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?"),
    ),
    Scheme(
        name="openssl",
        meaning="three numbers; before 3.0 letters after them are patches: 1.1.1w, 1.0.2zp",
        form=re.compile(r"(?:[3-9]|\d{2,})\.\d+\.\d+(?:-[a-z]+\d*)?|[01]\.\d+\.\d+[a-z]{0,2}"),
    ),
    Scheme(
        name="openssh",
        meaning="two or three numbers, then p and the number of the portable release: 9.9p2",
        form=re.compile(r"\d+(?:\.\d+){1,2}(?:p\d+)?"),
    ),
    Scheme(
        name="calver",
        meaning="a year, short or long, a month, and perhaps more numbers: 26.06, 2025.12.0",
        form=re.compile(r"(?:\d{2}|\d{4})\.\d{1,2}(?:\.\d+)*(?:-\d+)?|\d{8}(?:\.\d+)*"),
    ),
    Scheme(
        name="dashed",
        meaning="numbers; a dot, a dash and an underscore separate alike: 1.14.4-3, 25-05-1-1",
        form=re.compile(r"\d+(?:[._-]\d+)*"),
    ),
)
SCHEMES: Final = MappingProxyType({one.name: one for one in _ALL})
"""Every scheme, by its name."""
DEFAULT: Final = "spack"


def fits(scheme: str, version: str) -> bool:
    """Say whether a version is written as the scheme's are; KeyError for an unknown scheme."""
    form = SCHEMES[scheme].form
    if form is not None:
        return form.fullmatch(version) is not None
    try:
        Version(version)
    except InvalidVersion:
        return False
    return True
