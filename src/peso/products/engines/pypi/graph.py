"""The true dependency graph: what each shipped wheel needs on this platform, from its METADATA.

Pure. Starts at the roots with the extras the stack asks for, follows every requirement whose marker
holds in the interpreter's environment, and carries extras along the edges, as an installer does.
"""

from __future__ import annotations

from collections.abc import Mapping

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from peso.products.engines.pypi.metadata import WheelMetadata


def depends(
    wheels: Mapping[str, WheelMetadata],
    roots: Mapping[str, tuple[str, ...]],
    markers: Mapping[str, str],
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return (needs of each unit by name, what is needed but not among the wheels).

    Args:
        wheels: The metadata of every wheel, by normalized name.
        roots: The units the stack names, with their extras.
        markers: The environment markers are evaluated in.
    """
    needs: dict[str, set[str]] = {name: set() for name in wheels}
    missing: set[str] = set()
    todo = [(name, extra) for name, extras in roots.items() for extra in ("", *extras)]
    seen = set(todo)
    while todo:
        name, extra = todo.pop()
        if name not in wheels:
            missing.add(name)
            continue
        for requirement in wheels[name].needs:
            if not _holds(requirement, markers, extra):
                continue
            other = canonicalize_name(requirement.name)
            needs[name].add(other)
            further = {(other, ""), *((other, asked) for asked in requirement.extras)}
            todo.extend(further - seen)
            seen |= further
    found = {name: tuple(sorted(others & wheels.keys() - {name})) for name, others in needs.items()}
    return found, tuple(sorted(missing))


def _holds(requirement: Requirement, markers: Mapping[str, str], extra: str) -> bool:
    if requirement.marker is None:
        return not extra
    return requirement.marker.evaluate({**markers, "extra": extra})
