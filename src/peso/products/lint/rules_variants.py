"""Rules of variants: names, values and kinds of values a recipe does not have."""

from __future__ import annotations

from collections.abc import Iterator

from peso.products.lint.case import Case, nearest
from peso.products.lint.facts import Offered
from peso.products.lint.package import Package
from peso.products.lint.record import Severity, Sighting
from peso.products.lint.rule import ERROR, Rule
from peso.products.lint.uses import BLOCKING, NodeUse, Role
from peso.products.spec.spec import Variant

RESERVED = frozenset({"commit", "dev_path", "patches", "namespace"})
"""What looks like a variant and is known to every package."""
_JUDGED = frozenset(Role) - {Role.VIEW, Role.EXCLUDE, Role.PROVIDER}
_SHOWN = 8


def unknown_variant(case: Case) -> Iterator[Sighting]:
    """Yield variants the recipe does not have under any condition."""
    for node, package, asked in _asked(case):
        if asked.name in package.variants:
            continue
        if not package.knows("variant"):
            case.unchecked(
                f"whether {node.package} has the variant {asked.name}",
                "not all variants of its recipe can be read",
                node.place("variant", asked.name),
            )
            continue
        yield Sighting(
            place=node.place("variant", asked.name),
            message=f"{node.package} has no variant {asked.name!r}",
            hint=nearest(asked.name, package.variants)
            or f"it has {', '.join(sorted(package.variants)[:_SHOWN])}",
            severity=_how_grave(node),
            recipes=True,
        )


def absent_variant(case: Case) -> Iterator[Sighting]:
    """Yield variants the recipe has, but not together with what else is asked for."""
    for node, package, asked in _asked(case):
        defined = package.variants.get(asked.name, ())
        if not defined or package.offered(asked.name, node.whole) or not package.knows("variant"):
            continue
        when = " or ".join(dict.fromkeys(" ".join(one.when) for one in defined))
        yield Sighting(
            place=node.place("variant", asked.name),
            message=f"{node.package} has the variant {asked.name!r} only with {when}",
            hint="remove it, or change what excludes it",
            severity=_how_grave(node),
            recipes=True,
        )


def unknown_value(case: Case) -> Iterator[Sighting]:
    """Yield values that a variant does not have."""
    for node, package, asked in _asked(case):
        offered = package.offered(asked.name, node.whole)
        if not offered or not isinstance(asked.value, tuple) or _boolean(offered):
            continue
        for value in asked.value:
            answers = [_has(one, value) for one in offered]
            if any(answer is not False for answer in answers):
                continue
            values = dict.fromkeys(one for each in offered for one, _ in each.values)
            yield Sighting(
                place=node.place("variant", asked.name),
                message=f"{value!r} is no value of {node.package}'s variant {asked.name!r}",
                hint=nearest(value, values) or f"it takes {', '.join(list(values)[:_SHOWN])}",
                severity=_how_grave(node),
                recipes=True,
            )


def wrong_value_kind(case: Case) -> Iterator[Sighting]:
    """Yield a switch used for a variant with values, and values for a switch."""
    for node, package, asked in _asked(case):
        offered = package.offered(asked.name, node.whole)
        if not offered:
            continue
        message = hint = ""
        if isinstance(asked.value, tuple) and _boolean(offered):
            if asked.value and not all(value.lower() in {"true", "false"} for value in asked.value):
                message = f"{node.package}'s variant {asked.name!r} is on or off"
                hint = f"write +{asked.name} or ~{asked.name}"
        elif isinstance(asked.value, bool) and not any(map(_takes_truth, offered)):
            values = dict.fromkeys(one for each in offered for one, _ in each.values)
            message = f"{node.package}'s variant {asked.name!r} takes a value"
            hint = f"write {asked.name}=VALUE with one of {', '.join(list(values)[:_SHOWN])}"
        if message:
            yield Sighting(
                place=node.place("variant", asked.name),
                message=message,
                hint=hint,
                severity=_how_grave(node),
                recipes=True,
            )


def too_many_values(case: Case) -> Iterator[Sighting]:
    """Yield several values for a variant that takes one, or values that exclude each other."""
    for node, package, asked in _asked(case):
        offered = package.offered(asked.name, node.whole)
        if not offered or not isinstance(asked.value, tuple) or len(asked.value) < 2:  # noqa: PLR2004
            continue
        values = set(asked.value)
        said = ",".join(asked.value)
        if not any(one.multi or one.accepts for one in offered):
            message = f"{node.package}'s variant {asked.name!r} takes one value, not {said}"
        elif all(
            one.sets and not any(values <= set(group) for group in one.sets) for one in offered
        ):
            message = (
                f"the values {said} of {node.package}'s variant {asked.name!r} exclude each other"
            )
        else:
            continue
        yield Sighting(
            place=node.place("variant", asked.name),
            message=message,
            severity=_how_grave(node),
            recipes=True,
        )


def _asked(case: Case) -> Iterator[tuple[NodeUse, Package, Variant]]:
    """Yield each variant that is asked of a package whose recipe is at hand."""
    for node in case.nodes:
        if not node.spec.variants or not node.package or node.role not in _JUDGED:
            continue
        package = case.pantry.package(node.package)
        if package is None:
            continue
        for asked in node.spec.variants:
            if asked.name not in RESERVED and not asked.propagate:
                yield node, package, asked


def _how_grave(node: NodeUse) -> Severity | None:
    return None if node.role in BLOCKING else Severity.WARNING


def _boolean(offered: tuple[Offered, ...]) -> bool:
    return all(isinstance(one.default, bool) for one in offered)


def _takes_truth(offered: Offered) -> bool:
    if isinstance(offered.default, bool) or (offered.accepts and offered.accepts != "int"):
        return True
    return any(one.lower() in {"true", "false"} for one, _ in offered.values)


def _has(offered: Offered, value: str) -> bool | None:
    """Say whether a variant takes a value; None where only running the recipe would tell."""
    if value == "*" or offered.accepts == "*":
        return True
    if offered.accepts == "int":
        return value.lstrip("-").isdigit()
    if offered.accepts or not offered.values:
        return None
    return any(one == value and not never for one, never in offered.values)


RULES: tuple[Rule[Case], ...] = (
    Rule(
        id="unknown-variant",
        severity=ERROR,
        see=unknown_variant,
        what="A variant that the recipe does not have.",
        why="Spack refuses the spec.",
        fix="Correct its name, or remove it; variants are renamed between recipes' releases.",
        bad="specs: [zlib +sharde]",
        good="specs: [zlib +shared]",
    ),
    Rule(
        id="absent-variant",
        severity=ERROR,
        see=absent_variant,
        what="A variant that exists only under a condition which the spec excludes.",
        why="No solve can succeed.",
        fix="Remove the variant, or what excludes its condition.",
        bad="specs: ['zlib@1.2 +new']  # +new is there from 1.3 on",
        good="specs: ['zlib@1.3 +new']",
    ),
    Rule(
        id="unknown-value",
        severity=ERROR,
        see=unknown_value,
        what="A value that the variant does not take.",
        why="Spack refuses the spec.",
        fix="Take one of the values the hint names.",
        bad="specs: [hdf5 api=v999]",
        good="specs: [hdf5 api=v114]",
    ),
    Rule(
        id="wrong-value-kind",
        severity=ERROR,
        see=wrong_value_kind,
        what="`+name` for a variant that takes a value, or a value for one that is on or off.",
        why="Spack refuses the spec.",
        fix="Write it in the form the hint shows.",
        bad="specs: [hdf5 +api]",
        good="specs: [hdf5 api=v114]",
    ),
    Rule(
        id="too-many-values",
        severity=ERROR,
        see=too_many_values,
        what="Several values for a variant that takes one, or values that exclude each other.",
        why="Spack refuses the spec.",
        fix="Keep one of them.",
        bad="specs: ['hdf5 api=v112,v114']",
        good="specs: [hdf5 api=v114]",
    ),
)
