"""The consortium's controlled vocabularies and badges: what other files of its catalog may say.

A vocabulary that is missing checks nothing; what it would have said is unknown, not wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from peso.base.finding import Unknown
from peso.products.catalogs.entry import Tree
from peso.products.catalogs.quality import Seen
from peso.products.product import Badge

LICENSES = "_data/spdx_license_list_data/licenses.json"
EXCEPTIONS = "_data/spdx_license_list_data/exceptions.json"
BADGES = "_data/openssf"
_LEVELS = {
    "badge_percentage_0": "passing",
    "badge_percentage_1": "silver",
    "badge_percentage_2": "gold",
    "badge_percentage_baseline_1": "baseline-1",
    "badge_percentage_baseline_2": "baseline-2",
    "badge_percentage_baseline_3": "baseline-3",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The names that other files may use; None where the catalog does not list them."""

    areas: frozenset[str] | None = None
    members: frozenset[str] | None = None
    foundations: frozenset[str] | None = None
    people: frozenset[str] | None = None
    with_email: frozenset[str] = frozenset()
    products: frozenset[str] | None = None
    groups: frozenset[str] = frozenset()
    licenses: frozenset[str] = frozenset()
    deprecated: frozenset[str] = frozenset()
    badges: dict[int, Badge] = field(default_factory=dict)


def read_licenses(tree: Tree, seen: Seen) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names the catalog's copy of the SPDX list has, and those it calls deprecated."""
    names: set[str] = set()
    old: set[str] = set()
    for path, top, key in (
        (LICENSES, "licenses", "licenseId"),
        (EXCEPTIONS, "exceptions", "licenseExceptionId"),
    ):
        data = _json(path, tree.files.get(path), seen)
        for one in data.get(top, []) if isinstance(data, dict) else []:
            if isinstance(one, dict) and isinstance(one.get(key), str):
                names.add(one[key])
                if one.get("isDeprecatedLicenseId"):
                    old.add(one[key])
    return frozenset(names), frozenset(old)


def read_badges(tree: Tree, seen: Seen) -> dict[int, Badge]:
    """Return the badges whose JSON the catalog has, by project number."""
    badges: dict[int, Badge] = {}
    for path, data in tree.below(BADGES, ".json"):
        said = _json(path, data, seen)
        if said is None:
            continue
        if not isinstance(said, dict) or type(said.get("id")) is not int:
            seen.no("unreadable", path, 1, "it is not a badge project: no number `id`")
            continue
        stem = path.rpartition("/")[2].removesuffix(".json")
        if stem != str(said["id"]):
            message = f"it is project {said['id']}; products that name {stem} get none"
            seen.no("badge-misnamed", path, 1, message)
        badges[said["id"]] = _badge(said)
    return badges


def _badge(said: dict[str, Any]) -> Badge:
    level, updated = _text(said.get("badge_level")), _text(said.get("updated_at"))
    return Badge(
        project=said["id"],
        level=level or Unknown(unknown="it does not say"),
        percentages={
            name: said[key] for key, name in _LEVELS.items() if type(said.get(key)) is int
        },
        updated=updated,
    )


def _text(value: object) -> str:
    """Return a text of JSON; none where it is something else, or half a character."""
    return value if isinstance(value, str) and value.isprintable() else ""


def _json(path: str, data: bytes | None, seen: Seen) -> Any:  # noqa: ANN401 - any JSON
    if data is None:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        seen.no("unreadable", path, line, f"it is not JSON: {str(error)[:80]}")
        return None


def known(names: Iterable[str]) -> frozenset[str] | None:
    """Return names as a vocabulary; none: nothing can be checked by it."""
    return frozenset(names) or None
