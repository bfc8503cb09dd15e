"""Rules of constraints that cannot hold together: the recipe's, the environment's, the root's.

A finding here is certain: it needs that whatever meets the spec as written breaks the rule. What is
not said (a default variant, a platform, a dependency nobody named) never counts as said.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from peso.base.yaml_nodes import Place
from peso.products.environments.record import Choice, Text
from peso.products.environments.record import Rule as Required
from peso.products.lint.case import Case
from peso.products.lint.record import Severity, Sighting
from peso.products.lint.requirements import Requirements
from peso.products.lint.rule import ERROR, WARNING, Rule
from peso.products.lint.specs import bare
from peso.products.lint.uses import NodeUse
from peso.products.spec.spec import Spec


def impossible_combination(case: Case) -> Iterator[Sighting]:
    """Yield nodes that a `conflicts` or `requires` of their own recipe certainly forbids."""
    required = Requirements(case.environment, case.specs)
    for node, spec, group in _specs(case):
        package = case.pantry.package(node.package)
        if package is None or case.externals(node.package):
            continue
        for _, more in required.single(node.package, group):
            spec = case.specs.both(spec, replace(more, name=""))  # noqa: PLW2901 - it grows
        for said, why, line in package.broken(spec):
            reason = f": {why}" if why else ""
            yield Sighting(
                place=node.place(),
                message=f"the recipe of {node.package} forbids this: {said}{reason}",
                hint=f"see line {line} of {package.recipe.path}",
                recipes=True,
            )


def _specs(case: Case) -> Iterator[tuple[NodeUse, Spec, str]]:
    """Yield each package that is certainly built, with all that is asked of it."""
    for root in case.roots:
        seen = False
        if root.root.doubts:
            continue
        for node in root.nodes:
            if not node.cut.sigil:
                if not seen and node.cut.name:
                    seen = True
                    yield node, root.spec, root.root.group
            elif not node.cut.conditional and not node.cut.virtuals:
                yield node, node.spec, root.root.group


def contradicting_requirement(case: Case) -> Iterator[Sighting]:
    """Yield nodes of roots that contradict what `packages:` requires of them."""
    required = Requirements(case.environment, case.specs)
    for node, spec, group in _specs(case):
        if node.cut.sigil.startswith("%"):
            continue  # there may be several compilers of one name
        package = case.pantry.package(node.package)
        if package is not None:
            spec = package.sharp(spec)  # noqa: PLW2901 - the same, said sharper
        for text, more in required.single(node.package, group):
            if not _meet(case, spec, more):
                yield Sighting(
                    place=_where(case, node, more),
                    message=f"{node.cut.text!r} contradicts the requirement {text.value!r}",
                    hint=f"see {text.place}; change one of the two",
                    also=(text.place,),
                )
        for rule in required.choices(node.package, group):
            found = [case.specs.spec(text.value) for text in rule.specs]
            if all(one is not None and not _meet(case, spec, one) for one in found):
                yield Sighting(
                    place=node.place(),
                    message=f"{node.cut.text!r} meets none of the requirements {_said(rule)}",
                    hint=f"see {rule.place}",
                    also=(rule.place,),
                )


def _where(case: Case, node: NodeUse, required: Spec) -> Place:
    """Return the place of the part of a node that contradicts, where it is one part."""
    if not case.specs.meet(Spec(versions=node.spec.versions), Spec(versions=required.versions)):
        return node.place("version")
    for asked in node.spec.variants:
        if not case.specs.meet(Spec(variants=(asked,)), Spec(variants=required.variants)):
            return node.place("variant", asked.name)
    return node.place()


def _meet(case: Case, one: Spec, other: Spec) -> bool:
    """Say whether two specs of one package may meet; another name is for other rules."""
    return case.specs.meet(replace(bare(one), name=""), replace(bare(other), name=""))


def _said(rule: Required) -> str:
    return " or ".join(repr(text.value) for text in rule.specs)


def requirements_exclude(case: Case) -> Iterator[Sighting]:
    """Yield requirements of one package that no spec meets together."""
    required = Requirements(case.environment, case.specs)
    for settings in case.environment.packages:
        before: list[tuple[str, Spec, Required]] = []
        for rule in required.of(settings.name.value):
            for text in rule.specs:
                spec = case.specs.spec(text.value)
                if spec is None:
                    continue
                clash = [one for one in before if not _meet(case, one[1], spec)]
                if rule.choice is Choice.ALL or len(rule.specs) == 1:
                    for said, _, other in clash:
                        yield Sighting(
                            place=text.place,
                            message=f"{text.value!r} and {said!r} are both required of "
                            f"{settings.name}, and exclude each other",
                            hint=f"see {other.place}; remove one, or give each a `when`",
                            also=(other.place,),
                        )
                    before.append((text.value, spec, rule))
        for rule in required.choices(settings.name.value):
            found = [case.specs.spec(text.value) for text in rule.specs]
            for said, one, other in before:
                if all(spec is not None and not _meet(case, one, spec) for spec in found):
                    yield Sighting(
                        place=rule.place,
                        message=f"none of {_said(rule)} goes together with {said!r}, which is "
                        f"required of {settings.name} too",
                        hint=f"see {other.place}",
                        also=(other.place,),
                    )


def requirement_of_another(case: Case) -> Iterator[Sighting]:
    """Yield requirements and externals that name another package than the one they are under."""
    for settings in case.environment.packages:
        name = settings.name.value.rpartition(".")[2]
        if name == "all" or case.pantry.virtual(name):
            continue
        for rule in settings.rules:
            for text in rule.specs:
                yield from _named(case, text, name, "requirement")
        for external in settings.externals:
            yield from _named(case, external.spec, name, "external")


def _named(case: Case, text: Text, name: str, what: str) -> Iterator[Sighting]:
    spec = case.specs.spec(text.value)
    other = spec.name.rpartition(".")[2] if spec else ""
    if not other or other == name or not case.pantry.exists(name):
        return
    yield Sighting(
        place=text.part(0, len(spec.name)) if spec else text.place,
        message=f"a {what} of {other} stands under {name}",
        hint=f"move it to `{other}:`",
        severity=Severity.WARNING,
    )


def unreadable_spec(case: Case) -> Iterator[Sighting]:
    """Yield specs of `packages:`, views and toolchains that are no specs."""
    for text in _texts(case):
        found = case.specs.read(text.value)
        if isinstance(found, Spec):
            continue
        position = getattr(found, "position", 0)
        yield Sighting(
            place=text.part(position, position + 1), message=f"{text.value!r}: {found.message}"
        )


def _texts(case: Case) -> Iterator[Text]:
    for settings in case.environment.packages:
        for rule in settings.rules:
            yield from rule.specs
            if rule.when is not None:
                yield rule.when
        yield from (one.spec for one in settings.externals)
        yield from settings.variants
        yield from (text for one in settings.providers for text in one.specs)
    for view in case.environment.views:
        yield from (*view.select, *view.exclude)
    for toolchain in case.environment.toolchains:
        for part in toolchain.parts:
            yield part.spec
            if part.when is not None:
                yield part.when
    for matrix in case.environment.matrices:
        yield from matrix.excludes


RULES: tuple[Rule[Case], ...] = (
    Rule(
        id="impossible-combination",
        severity=ERROR,
        see=impossible_combination,
        what="A spec that the recipe's own `conflicts` or `requires` forbids, whatever the solver "
        "chooses for the rest.",
        why="No solve can succeed.",
        fix="Change the variant or version the recipe's words name.",
        bad="specs: [hdf5 +cxx +mpi]  # conflicts('+mpi', when='+cxx')",
        good="specs: [hdf5 +cxx ~mpi]",
    ),
    Rule(
        id="contradicting-requirement",
        severity=ERROR,
        see=contradicting_requirement,
        what="A root, or a dependency it names, that contradicts what `packages:` requires.",
        why="No solve can succeed.",
        fix="Change the root or the requirement.",
        bad="packages: {zlib: {require: '@1.3'}}\nspecs: ['zlib@1.2']",
        good="packages: {zlib: {require: '@1.3'}}\nspecs: [zlib]",
    ),
    Rule(
        id="requirements-exclude",
        severity=ERROR,
        see=requirements_exclude,
        what="Two requirements of one package that exclude each other.",
        why="The package cannot be built in any form.",
        fix="Remove one, or give each the condition it is meant for (`when`).",
        bad="packages: {zlib: {require: [+shared, ~shared]}}",
        good="packages: {zlib: {require: [+shared]}}",
    ),
    Rule(
        id="other-package",
        severity=WARNING,
        see=requirement_of_another,
        what="A requirement or external of another package than the one it stands under.",
        why="It does not do what it seems to do, or Spack stops at it.",
        fix="Move it under the package it names.",
        bad="packages: {zlib: {require: 'hdf5@1.14'}}",
        good="packages: {hdf5: {require: '@1.14'}}",
    ),
    Rule(
        id="setting-syntax",
        severity=ERROR,
        see=unreadable_spec,
        what="A text in `packages:`, a view, a toolchain or an exclude that is no spec.",
        why="Spack stops at it.",
        fix="Correct the text at the caret.",
        bad="packages: {zlib: {require: '@@1.3'}}",
        good="packages: {zlib: {require: '@1.3'}}",
    ),
)
