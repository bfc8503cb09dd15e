"""Rules of versions: those no recipe has, deprecated ones, those nothing proves."""

from __future__ import annotations

from collections.abc import Iterator

from peso.products.lint.case import Case
from peso.products.lint.package import Package
from peso.products.lint.record import Severity, Sighting
from peso.products.lint.rule import ERROR, HINT, WARNING, Rule
from peso.products.lint.uses import BLOCKING, NodeUse, Role
from peso.products.spec.faults import SpecError, Unanswerable
from peso.products.spec.versions import Versions, parse_versions

_JUDGED = frozenset(
    {Role.ROOT, Role.REQUIRE, Role.ALTERNATIVE, Role.PREFER, Role.WHEN, Role.TOOLCHAIN}
)
_SHOWN = 5


def unknown_version(case: Case) -> Iterator[Sighting]:
    """Yield constraints on versions that no version of the recipe or external meets."""
    for node, package in _constrained(case):
        wanted = node.whole.versions if not node.cut.sigil else node.spec.versions
        if package.matching(wanted) or _on_machine(case, node, wanted):
            continue
        place = node.place("version")
        if not package.knows("version"):
            case.unchecked(
                f"whether {node.package} has @{wanted}",
                "not all versions of its recipe can be read",
                place,
            )
            continue
        exact = wanted.single is not None
        yield Sighting(
            place=place,
            message=f"{node.package} has no version @{wanted}"
            + (", and nothing would prove what is fetched" if exact else ""),
            hint=f"it has {_some(package)}",
            severity=_how_grave(node, exact=exact),
            recipes=True,
        )


def _how_grave(node: NodeUse, *, exact: bool) -> Severity | None:
    """Spack makes up a version that is asked for exactly; compilers are found on the machine."""
    if exact or node.cut.sigil.startswith("%") or node.role not in BLOCKING:
        return Severity.WARNING
    return None


def unknown_preferred_version(case: Case) -> Iterator[Sighting]:
    """Yield versions under `packages:NAME:version` that no version of the recipe meets."""
    for settings in case.environment.packages:
        package = case.pantry.package(settings.name.value)
        if package is None or not package.knows("version"):
            continue
        for text in settings.versions:
            wanted = _versions(text.value)
            if wanted is None:
                yield Sighting(place=text.place, message=f"{text.value!r} is no version")
            elif not package.matching(wanted) and not _refers(wanted):
                yield Sighting(
                    place=text.place,
                    message=f"{settings.name} has no version {text.value}",
                    hint=f"it has {_some(package)}",
                    recipes=True,
                )


def deprecated_version(case: Case) -> Iterator[Sighting]:
    """Yield constraints that only deprecated versions meet."""
    allowed = _allowed(case)
    for node, package in _constrained(case):
        wanted = node.whole.versions if not node.cut.sigil else node.spec.versions
        found = package.matching(wanted)
        if not found or not all(one.deprecated for one in found):
            continue
        if not package.knows("version") or _on_machine(case, node, wanted):
            continue
        compiler = node.cut.sigil.startswith("%")
        blocks = node.role is Role.ROOT and not allowed and not compiler
        fresh = [one.number for one in package.released if not one.deprecated]
        yield Sighting(
            place=node.place("version"),
            message=f"{node.package}@{wanted} is deprecated"
            + ("" if blocks else "; it is built all the same" if allowed else ""),
            hint=f"take {', '.join(fresh[:_SHOWN])}" if fresh else "no version is not deprecated",
            severity=None if blocks else Severity.WARNING,
            recipes=True,
        )


def deprecated_package(case: Case) -> Iterator[Sighting]:
    """Yield roots of which every version is deprecated, whichever is chosen."""
    allowed = _allowed(case)
    for root in case.roots:
        if not root.spec.versions.any or case.externals(root.package) or root.spec.hash:
            continue
        package = case.pantry.package(root.package)
        if package is None or not package.knows("version") or case.developed(root.package):
            continue
        if package.released and all(one.deprecated for one in package.released):
            node = next((one for one in root.nodes if one.cut.name and not one.cut.sigil), None)
            yield Sighting(
                place=node.place("name") if node else root.root.place,
                message=f"every version of {root.package} is deprecated",
                hint="look into the recipe for what takes its place",
                severity=Severity.WARNING if allowed else None,
                recipes=True,
            )


def unproven_version(case: Case) -> Iterator[Sighting]:
    """Yield versions asked for of which nothing proves what is fetched."""
    for node, package in _constrained(case):
        if node.role not in BLOCKING or not package.recipe.has_code:
            continue
        wanted = node.whole.versions if not node.cut.sigil else node.spec.versions
        found = package.matching(wanted)
        if not found or any(one.proven for one in found) or _on_machine(case, node, wanted):
            continue
        moving = [one for one in found if one.branch]
        what = f"follows the branch {moving[0].branch}" if moving else "has no checksum"
        yield Sighting(
            place=node.place("version"),
            message=f"{node.package}@{wanted} {what}: nothing proves what is fetched",
            severity=Severity.HINT if moving else None,
            recipes=True,
        )


def several_versions(case: Case) -> Iterator[Sighting]:
    """Yield roots whose constraint is an exact version written as a range that has others too."""
    for node, package in _constrained(case):
        single = node.spec.versions.items
        if node.role is not Role.ROOT or node.cut.sigil or len(single) != 1:
            continue
        text = node.cut.bit("version").name.removeprefix("@").strip()
        version = case.specs.version(text) if ":" not in text and "," not in text else None
        if version is None or node.spec.versions.single is not None:
            continue
        found = [one for one in package.matching(node.spec.versions) if not one.deprecated]
        exact = [one for one in found if one.number == text]
        if exact and len(found) > 1:
            others = ", ".join(one.number for one in found if one.number != text)
            yield Sighting(
                place=node.place("version"),
                message=f"@{text} is a range: {others} is in it too",
                hint=f"write @={text} for that version alone",
                recipes=True,
            )


def _constrained(case: Case) -> Iterator[tuple[NodeUse, Package]]:
    """Yield nodes that say something of the version of a package whose recipe is at hand."""
    for node in case.nodes:
        if node.spec.versions.any or node.role not in _JUDGED or not node.package:
            continue
        if _refers(node.spec.versions) or case.developed(node.package) or node.spec.hash:
            continue
        package = case.pantry.package(node.package)
        if package is not None:
            yield node, package


def _refers(versions: Versions) -> bool:
    """Say whether it is a git reference, which no recipe lists."""
    single = versions.single
    return single is not None and bool(single.ref)


def _on_machine(case: Case, node: NodeUse, wanted: Versions) -> bool:
    """Say whether an external of the environment may meet a constraint."""
    for external in case.externals(node.package):
        try:
            if external.versions.any or external.versions.intersects(wanted):
                return True
        except Unanswerable:
            return True
    return False


def _allowed(case: Case) -> bool:
    config = case.environment.section("config")
    said = config.get("deprecated") if config is not None and hasattr(config, "get") else None
    return getattr(said, "truth", None) is True


def _versions(text: str) -> Versions | None:
    try:
        return parse_versions(text.removeprefix("@"))
    except SpecError:
        return None


def _some(package: Package) -> str:
    numbers = [one.number for one in package.released if not one.deprecated]
    more = f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else ""
    return (", ".join(numbers[:_SHOWN]) + more) or "no version that is not deprecated"


RULES: tuple[Rule[Case], ...] = (
    Rule(
        id="unknown-version",
        severity=ERROR,
        see=unknown_version,
        what="A version, or a range of them, that neither the recipe nor an external has. "
        "A warning where Spack makes the version up (`@=1.9`) or finds it on the machine "
        "(compilers).",
        why="No solve can succeed; the solver's own message does not name the place.",
        fix="Take one of the versions the hint lists, or newer recipes.",
        bad="specs: ['zlib@9.9']",
        good="specs: ['zlib@1.3']",
    ),
    Rule(
        id="unknown-preferred-version",
        severity=WARNING,
        see=unknown_preferred_version,
        what="A version under `packages:NAME:version` that the recipe does not have.",
        why="Spack stops as soon as the package is a possible dependency.",
        fix="Take a version the recipe has.",
        bad="packages: {zlib: {version: ['9.9']}}",
        good="packages: {zlib: {version: ['1.3']}}",
    ),
    Rule(
        id="deprecated-version",
        severity=ERROR,
        see=deprecated_version,
        what="A constraint that only deprecated versions meet. A warning where "
        "`config:deprecated` allows them.",
        why="Deprecated versions have known faults; Spack refuses them unless told otherwise.",
        fix="Take a version that is not deprecated.",
        bad="specs: ['zlib@1.2.8']",
        good="specs: ['zlib@1.3']",
    ),
    Rule(
        id="deprecated-package",
        severity=ERROR,
        see=deprecated_package,
        what="A root of which every version is deprecated. A warning where `config:deprecated` "
        "allows them.",
        why="Spack refuses it unless told otherwise; nobody maintains it any more.",
        fix="Take what replaces it, or remove it.",
        bad="specs: [old]  # its only version is deprecated",
        good="specs: [zlib]",
    ),
    Rule(
        id="unproven-version",
        severity=WARNING,
        see=unproven_version,
        what="A version without checksum or commit. A hint where it follows a branch on purpose.",
        why="Nobody can prove that what is built is what the authors released.",
        fix="Pin a version with a checksum, or add one to the recipe.",
        bad="specs: ['zlib@develop']",
        good="specs: ['zlib@1.3']",
    ),
    Rule(
        id="range-not-version",
        severity=HINT,
        see=several_versions,
        what="A version such as `@1.3` that other versions begin with too.",
        why="In Spack `@1.3` is a range; which of them is built changes with the recipes.",
        fix="Write `@=1.3` for that version alone.",
        bad="specs: ['zlib@1.3']  # where there is a 1.3.1 as well",
        good="specs: ['zlib@=1.3']",
    ),
)
