"""Rules of the `packages:` section and of machines: externals, targets, what is on the host."""

from __future__ import annotations

from collections.abc import Iterator

from peso.base.yaml_nodes import Mapping, Scalar
from peso.products.environments.record import External
from peso.products.environments.texts import get, is_true
from peso.products.lint.case import Case, nearest
from peso.products.lint.record import Severity, Sighting
from peso.products.lint.rule import ERROR, WARNING, Rule
from peso.products.lint.uses import ALL, Role

_ANY_TARGET = frozenset({"", "*", "fe", "be", "frontend", "backend", "default_target"})


def unknown_target(case: Case) -> Iterator[Sighting]:
    """Yield targets that no processor family has."""
    from archspec.cpu import TARGETS as targets  # noqa: N811, PLC0415 - where one is named

    for node in case.nodes:
        for part in node.spec.arch.target.replace(":", ",").split(","):
            if part in _ANY_TARGET or part in targets:
                continue
            blocks = node.role in {Role.ROOT, Role.REQUIRE} and ":" not in node.spec.arch.target
            yield Sighting(
                place=node.place("variant", "target"),
                message=f"there is no target {part!r}",
                hint=nearest(part, targets),
                severity=None if blocks else Severity.WARNING,
            )
    settings = case.environment.settings(ALL)
    for text in settings.targets if settings else ():
        if text.value not in _ANY_TARGET and text.value not in targets:
            yield Sighting(
                place=text.place,
                message=f"there is no target {text.value!r}",
                hint=nearest(text.value, targets),
                severity=Severity.WARNING,
            )


def external_version(case: Case) -> Iterator[Sighting]:
    """Yield externals without a version, which Spack passes over."""
    for _, external in _externals(case):
        spec = case.specs.spec(external.spec.value)
        if spec is None:
            continue
        text = str(spec.versions)
        if spec.versions.any or ":" in text or "," in text:
            yield Sighting(
                place=external.spec.place,
                message=f"the external {external.spec.value!r} has no exact version; Spack "
                "passes over it",
                hint="say which version is installed: name@1.2.3",
            )


def external_nowhere(case: Case) -> Iterator[Sighting]:
    """Yield externals without a prefix and without modules."""
    for _, external in _externals(case):
        if external.prefix is None and not external.modules:
            yield Sighting(
                place=external.place,
                message=f"the external {external.spec.value!r} says neither `prefix` nor `modules`",
            )


def external_twice(case: Case) -> Iterator[Sighting]:
    """Yield externals that are there twice."""
    for settings in case.environment.packages:
        seen: dict[tuple[str, str, tuple[str, ...]], External] = {}
        for external in settings.externals:
            prefix = external.prefix.value if external.prefix else ""
            key = (external.spec.value, prefix, tuple(one.value for one in external.modules))
            before = seen.setdefault(key, external)
            if before is not external:
                yield Sighting(
                    place=external.spec.place,
                    message=f"the external {external.spec.value!r} is there twice",
                    hint=f"see line {before.place.line}; remove one",
                    also=(before.spec.place,),
                )


def never_built(case: Case) -> Iterator[Sighting]:
    """Yield roots that may not be built and have no external that would do."""
    reuse = get(case.environment.section("concretizer"), "reuse")
    nothing_reused = isinstance(reuse, Scalar) and reuse.truth is False
    for root in case.roots:
        settings = case.environment.settings(root.package)
        if settings is None or settings.buildable is None or settings.buildable.value:
            continue
        externals = case.externals(root.package)
        if any(case.specs.meet(root.spec, one) for one in externals):
            continue
        why = "none of its externals fits" if externals else "it has no external"
        yield Sighting(
            place=root.root.place,
            message=f"{root.package} may not be built (`buildable: false`), and {why}",
            hint=f"see {settings.buildable.place}",
            also=(settings.buildable.place,),
            # Without any, the machine's own configuration, or what PESO detects, may give one.
            severity=None if nothing_reused and externals else Severity.WARNING,
        )


def all_not_buildable(case: Case) -> Iterator[Sighting]:
    """Yield `packages:all:buildable: false` where no external is there at all."""
    settings = case.environment.settings(ALL)
    if settings is None or settings.buildable is None or settings.buildable.value:
        return
    if not any(one.externals for one in case.environment.packages):
        yield Sighting(
            place=settings.buildable.place,
            message="nothing may be built, and there is no external",
        )


def prefix_missing(case: Case) -> Iterator[Sighting]:
    """Yield prefixes and compilers of externals that are not on the machine."""
    if case.host is None:
        return
    for name, external in _externals(case):
        prefix = external.prefix
        if prefix is not None and "$" in prefix.value:
            case.unchecked(f"the prefix {prefix}", "it holds a variable of Spack", prefix.place)
        elif prefix is not None and not case.host.there(prefix.value):
            yield Sighting(
                place=prefix.place,
                message=f"the prefix {prefix} of {external.spec.value} is not on this machine",
            )
        compilers = get(external.extra, "compilers") if external.extra else None
        for entry in compilers.entries if isinstance(compilers, Mapping) else ():
            path = entry.value
            if isinstance(path, Scalar) and path.text and not case.host.there(path.text):
                yield Sighting(
                    place=path.place,
                    message=f"the {entry.key.text} compiler {path.text} of {name} is not on this "
                    "machine",
                )


def module_missing(case: Case) -> Iterator[Sighting]:
    """Yield modules of externals that are in no folder of MODULEPATH."""
    if case.host is None:
        return
    for _, external in _externals(case):
        for module in external.modules:
            if not case.host.module_folders:
                reason = "MODULEPATH is not set, so no module system is known"
                case.unchecked(f"the module {module}", reason, module.place)
            elif not case.host.module_there(module.value):
                yield Sighting(
                    place=module.place,
                    message=f"the module {module} of {external.spec.value} is in no folder of "
                    "MODULEPATH",
                )


def unpinned_recipes(case: Case) -> Iterator[Sighting]:
    """Yield repositories of recipes in git without commit or tag."""
    for repository in case.environment.repos:
        if repository.git is not None and not (repository.commit or repository.tag):
            yield Sighting(
                place=repository.place,
                message=f"the recipes of {repository.name} are not pinned to a commit or tag",
            )


def signed_off(case: Case) -> Iterator[Sighting]:
    """Yield mirrors whose signatures are not looked at, and sources without checksums."""
    for mirror in case.environment.mirrors:
        signed = get(mirror.node, "signed")
        if isinstance(signed, Scalar) and signed.truth is False:
            yield Sighting(
                place=signed.place, message=f"binaries of the mirror {mirror.name} are not verified"
            )
    config = case.environment.section("config")
    for key in ("checksum", "verify_ssl"):
        said = get(config, key)
        if isinstance(said, Scalar) and said.kind != "null" and not is_true(said):
            yield Sighting(place=said.place, message=f"`config:{key}` is off")


def _externals(case: Case) -> Iterator[tuple[str, External]]:
    for settings in case.environment.packages:
        for external in settings.externals:
            yield settings.name.value, external


RULES: tuple[Rule[Case], ...] = (
    Rule(
        id="unknown-target",
        severity=ERROR,
        see=unknown_target,
        what="A target that archspec does not know. A warning in ranges and preferences.",
        why="Spack refuses it, or passes over the preference.",
        fix="Take a name of `spack arch --known-targets`.",
        bad="specs: [zlib target=x86_64_v9]",
        good="specs: [zlib target=x86_64_v3]",
    ),
    Rule(
        id="external-version",
        severity=WARNING,
        see=external_version,
        what="An external without an exact version.",
        why="Spack says a word and passes over it; then it builds the package, or cannot.",
        fix="Say which version is installed.",
        bad="externals: [{spec: zlib, prefix: /usr}]",
        good="externals: [{spec: zlib@1.3, prefix: /usr}]",
    ),
    Rule(
        id="external-nowhere",
        severity=WARNING,
        see=external_nowhere,
        what="An external without `prefix` and without `modules`.",
        why="Nobody can find it.",
        fix="Add the prefix it is installed in, or the modules that load it.",
        bad="externals: [{spec: zlib@1.3}]",
        good="externals: [{spec: zlib@1.3, prefix: /usr}]",
    ),
    Rule(
        id="external-twice",
        severity=WARNING,
        see=external_twice,
        what="One external given twice.",
        why="One of them counts for nothing.",
        fix="Remove one.",
        bad="externals: [{spec: zlib@1.3, prefix: /usr}, {spec: zlib@1.3, prefix: /usr}]",
        good="externals: [{spec: zlib@1.3, prefix: /usr}]",
    ),
    Rule(
        id="not-buildable",
        severity=ERROR,
        see=never_built,
        what="A root that may not be built and has no external that fits. A warning where it has "
        "none at all, for the machine may give one, and where something installed may be reused.",
        why="No solve can succeed.",
        fix="Add an external that fits, or allow the build.",
        bad="packages: {zlib: {buildable: false, externals: [{spec: zlib@1.2, prefix: /usr}]}}\n"
        "specs: [zlib@1.3]",
        good="packages: {zlib: {buildable: false, externals: [{spec: zlib@1.3, prefix: /usr}]}}\n"
        "specs: [zlib@1.3]",
    ),
    Rule(
        id="nothing-buildable",
        severity=WARNING,
        see=all_not_buildable,
        what="`buildable: false` for all packages, and no external.",
        why="Only what is installed already could be used.",
        fix="Add externals, or allow builds.",
        bad="packages: {all: {buildable: false}}",
        good="packages: {all: {buildable: true}}",
    ),
    Rule(
        id="external-missing",
        severity=ERROR,
        see=prefix_missing,
        what="With `--host`: an external whose prefix or compiler is not on this machine.",
        why="Spack takes the external on trust; the build fails much later.",
        fix="Correct the path, or remove the external.",
        bad="externals: [{spec: zlib@1.3, prefix: /no/such/folder}]",
        good="externals: [{spec: zlib@1.3, prefix: /usr}]",
    ),
    Rule(
        id="module-missing",
        severity=ERROR,
        see=module_missing,
        what="With `--host`: a module of an external that is in no folder of MODULEPATH.",
        why="Spack cannot load it when it builds.",
        fix="Correct its name, or add its folder to MODULEPATH.",
        bad="externals: [{spec: zlib@1.3, modules: [zlbi/1.3]}]",
        good="externals: [{spec: zlib@1.3, modules: [zlib/1.3]}]",
    ),
    Rule(
        id="unpinned-recipes",
        severity=WARNING,
        see=unpinned_recipes,
        what="A repository of recipes in git that follows a branch.",
        why="Tomorrow the same file is another stack.",
        fix="Add `commit:` or `tag:`.",
        bad="repos: {builtin: {git: https://example.org/recipes.git, branch: develop}}",
        good="repos: {builtin: {git: https://example.org/recipes.git, tag: v2026.06.0}}",
    ),
    Rule(
        id="unverified",
        severity=WARNING,
        see=signed_off,
        what="Signatures of a mirror, checksums or certificates that are not looked at.",
        why="Whoever is between the source and the machine decides what is built.",
        fix="Turn it on again.",
        bad="config: {checksum: false}",
        good="config: {checksum: true}",
    ),
)
