"""Tag patterns: from a tag in an upstream repository to the version that it marks.

1. A pattern is the tag with fields in braces: `{version}` (numbers with dots), or one by one
   `{major}`, `{minor}`, `{patch}`, `{tweak}`, which dots join; `{letter}` follows at once
   (`1.1.1w`), `{p}` follows after a p (`9.9p2`), `{build}` after a dash (`1.14.4-3`).
2. What is in brackets may be missing: `v{major}.{minor}[.{patch}]`. Case does not count.
3. The whole tag must match. A candidate (`-rc1`, `-beta`) marks no version and matches nothing,
   unless a pattern says so.
4. Of several patterns the first that matches counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from types import MappingProxyType

from peso.errors import BadInput

_NUMBERS = ("major", "minor", "patch", "tweak")
_FIELDS = MappingProxyType(
    {
        "version": r"\d+(?:\.\d+)*",
        **dict.fromkeys(_NUMBERS, r"\d+"),
        "letter": r"[A-Za-z]{1,2}",
        "p": r"\d+",
        "build": r"\d+",
    }
)
_PIECE = re.compile(r"\{(?P<field>\w*)\}|(?P<mark>[\[\]])|(?P<text>[^{}\[\]]+)|(?P<bad>[{}])")
_MOST = 100


@lru_cache(maxsize=4096)  # a pattern is data: it is compiled when it is first used, once
def compiled(pattern: str) -> re.Pattern[str]:
    """Return what a tag must match.

    Raises:
        BadInput: It is no pattern.
    """
    parts: list[str] = []
    fields: list[str] = []
    depth = 0
    for piece in _PIECE.finditer(pattern):
        name = piece["field"]
        if name is not None:
            if name not in _FIELDS or name in fields:
                why = "is there twice" if name in fields else "is no field of a tag"
                known = ", ".join(_FIELDS)
                raise _no(pattern, f"{{{name}}} {why}", f"the fields are {known}")
            fields.append(name)
            parts.append(f"(?P<{name}>{_FIELDS[name]})")
        elif piece["mark"]:
            depth += 1 if piece["mark"] == "[" else -1
            parts.append("(?:" if piece["mark"] == "[" else ")?")
            if depth not in {0, 1}:
                raise _no(pattern, "its brackets do not match", "write [ and ], not nested")
        elif piece["text"]:
            parts.append(re.escape(piece["text"]))
        else:
            raise _no(pattern, "a brace stands alone", "write {version}")
    if depth or not {"version", "major"} & set(fields) or len(pattern) > _MOST:
        raise _no(pattern, "it has no {version} and no {major}, or an open bracket", "add it")
    return re.compile("".join(parts), re.IGNORECASE | re.ASCII)


def _no(pattern: str, why: str, hint: str) -> BadInput:
    return BadInput(f"the tag pattern {pattern!r} cannot be used: {why}", hint=hint)


def version_of(tag: str, patterns: Iterable[str]) -> str | None:
    """Return the version that a tag marks; None where no pattern matches it.

    Raises:
        BadInput: A pattern is none.
    """
    for pattern in patterns:
        if found := compiled(pattern).fullmatch(tag):
            return _written(found.groupdict())
    return None


def _written(said: dict[str, str | None]) -> str:
    numbers = [said.get(one) for one in ("version", *_NUMBERS)]
    version = ".".join(one for one in numbers if one is not None)
    version += (said.get("letter") or "").lower()
    version += f"p{said['p']}" if said.get("p") else ""
    return version + (f"-{said['build']}" if said.get("build") else "")
