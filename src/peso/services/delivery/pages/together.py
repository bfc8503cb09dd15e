"""Together: what of a release cannot be used together, in words.

For the records of `integration/interoperability.py`. Facts only: what differs, and why; whether it
is a fault, the reader decides. Pure functions from a record to text; they escape nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from peso.services.delivery.pages.wording import shown, variant
from peso.services.integration.interoperability import Repeated, Way
from peso.services.integration.unit_differences import Cause, Difference, Kind

_LONGEST = 700
"""Characters of one unit's differences that are shown."""
_LONGEST_VALUE = 60
_SINGULAR: dict[Kind, str] = {
    "version": "version",
    "variant": "variant",
    "compiler": "compiler",
    "target": "processor",
    "system": "system",
    "namespace": "recipe repository",
    "patches": "patches",
    "external": "built or external",
    "dependency": "dependency",
    "build-dependency": "build dependency",
    "recipe": "text of the recipe",
    "not-known": "nothing that the lock says",
}
_PLURAL: dict[Kind, str] = {
    "variant": "variants",
    "dependency": "dependencies",
    "build-dependency": "build dependencies",
}


def differ_in(one: Repeated) -> str:
    """Say in what the units of a name differ; for those alike by themselves, what they stand on."""
    said = []
    found: dict[Kind, list[str]] = {}
    for difference in one.differences:
        found.setdefault(difference.kind, []).append(difference.name)
    for kind, several in found.items():
        names = [name for name in several if name]
        word = _PLURAL.get(kind, _SINGULAR[kind]) if len(names) > 1 else _SINGULAR[kind]
        said.append(" ".join([word, ", ".join(names)]).strip())
    below = dict.fromkeys(cause.chain[-1].name for cause in one.causes if cause.chain)
    if below:
        said.append(f"what they stand on: {', '.join(below)}")
    if any(not cause.chain for cause in one.causes):
        said.append(_SINGULAR["not-known"])
    return shown("; ".join(said), _LONGEST)


def its_own(one: Repeated, at: int) -> str:
    """Say what is one unit's own: of the first all that differs, of others what is not the first's.

    Its version is told elsewhere.
    """
    said = (
        _value(difference, difference.values[at])
        for difference in one.differences
        if at == 0 or difference.values[at] != difference.values[0]
    )
    return shown("; ".join(text for text in said if text), _LONGEST)


def because(cause: Cause) -> str:
    """Say why two units differ that are the same by themselves."""
    one, two = (unit.hash[:7] for unit in cause.units)
    if not cause.chain:
        return f"/{one} and /{two}: nothing that the lock says differs; Spack's hash knows more."
    how = "" if cause.shipped else ", which only built them"
    down = shown(" → ".join(step.name for step in cause.chain), _LONGEST)
    values = "; ".join(_both(one) for one in cause.differences)
    return f"/{one} and /{two} stand on different {down}{how}: {shown(values, _LONGEST)}."


def way(one: Way) -> str:
    """Say how a root comes to a unit."""
    return shown(" → ".join(step.unit.label for step in one.chain), _LONGEST)


def few(labels: Iterable[str], limit: int) -> str:
    """Say some names and how many more there are; one that is there several times, how often."""
    counts: dict[str, int] = {}
    for label in labels:
        counts[label] = counts.get(label, 0) + 1
    named = [
        shown(label, _LONGEST_VALUE) + (f" ({count} times)" if count > 1 else "")
        for label, count in counts.items()
    ]
    more = f" and {len(named) - limit} more" if len(named) > limit else ""
    return ", ".join(named[:limit]) + more


def _value(one: Difference, value: str) -> str:
    value, name = shown(value, _LONGEST_VALUE), shown(one.name, _LONGEST_VALUE)
    there = bool(value)
    match one.kind:
        case "version":
            said = ""
        case "variant":
            said = variant(name, value) if there else f"no {name}"
        case "patches":
            said = f"patches {value}" if there else "no patches"
        case "external":
            said = f"external in {value}" if there else "built by Spack"
        case "dependency" | "build-dependency":
            built = "to build, " if one.kind == "build-dependency" else ""
            said = f"{built}{'on' if there else 'not on'} {name}"
        case "recipe":
            said = f"recipe {value[:7]}"
        case _:
            said = f"{_SINGULAR[one.kind]} {value or 'none'}"
    return said


def _both(one: Difference) -> str:
    if one.kind == "version":
        return " or ".join(f"version {shown(value, _LONGEST_VALUE)}" for value in one.values)
    return " or ".join(_value(one, value) for value in one.values)
