"""Rules of what the reader of environments already sees: YAML, shapes, groups, includes, legacy.

The reader tells a `Trouble` or a `Legacy` with an id; each id is a rule here. What a newer reader
tells under an id that has no rule yet is `other-fault`, never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from peso.base.yaml_nodes import Place, Trouble
from peso.products.environments.record import Reached
from peso.products.lint.case import Case
from peso.products.lint.record import Sighting
from peso.products.lint.rule import ERROR, HINT, WARNING, Rule
from peso.products.spec.spec import Spec

See = Callable[[Case], Iterator[Sighting]]


def _seen(trouble: Trouble) -> Sighting:
    return Sighting(
        place=trouble.place, message=trouble.message, hint=trouble.hint, also=trouble.also
    )


def told(*ids: str) -> See:
    """Return a rule that passes on what the reader tells under some ids."""

    def see(case: Case) -> Iterator[Sighting]:
        for trouble in case.environment.troubles:
            if trouble.rule in ids:
                yield _seen(trouble)

    return see


def yaml_form(case: Case) -> Iterator[Sighting]:
    """Yield YAML that Spack refuses or reads otherwise."""
    for trouble in case.environment.troubles:
        if trouble.rule in _ODD:
            refused = trouble.rule in {"yaml-documents", "yaml-tag", "yaml-alias"}
            yield replace(_seen(trouble), severity=None if refused else WARNING)


def old(*forms: str) -> See:
    """Return a rule that passes on legacy forms, by the beginning of their ids."""

    def see(case: Case) -> Iterator[Sighting]:
        for legacy in case.environment.legacy:
            if legacy.form.startswith(forms):
                yield Sighting(
                    place=legacy.place,
                    message=legacy.message,
                    hint=legacy.hint,
                    severity=WARNING if legacy.form in _STILL_READ else None,
                )

    return see


def contradiction(case: Case) -> Iterator[Sighting]:
    """Yield the piece of a root that contradicts those before it; the whole where none does."""
    placed: set[Place] = set()
    for root in case.environment.roots:
        if not root.doubts:
            continue
        together: Spec | None = None
        for piece in root.pieces:
            spec = case.specs.spec(piece.value)
            if spec is None:
                break
            if together is not None and (why := case.specs.contradicts(together, spec)):
                placed.add(root.place)
                first = root.pieces[0].text
                yield Sighting(
                    place=piece.text.place,
                    message=f"{piece.value!r} contradicts {root.pieces[0].value!r}: {why}",
                    also=(first.place,),
                )
                break
            together = spec if together is None else case.specs.both(together, spec)
    for trouble in case.environment.troubles:
        if trouble.rule == "contradiction" and trouble.place not in placed:
            yield _seen(trouble)


def other_fault(case: Case) -> Iterator[Sighting]:
    """Yield what the reader tells under an id of which no other rule knows."""
    for trouble in case.environment.troubles:
        if trouble.rule not in TOLD:
            yield _seen(trouble)
    for legacy in case.environment.legacy:
        if not legacy.form.startswith(OLD):
            yield Sighting(place=legacy.place, message=legacy.message, hint=legacy.hint)


def include_missing(case: Case) -> Iterator[Sighting]:
    """Yield includes that name a file of this machine which is not there."""
    for include in case.environment.includes:
        if include.reached is Reached.UNREACHED and include.found and not include.optional:
            yield Sighting(
                place=include.path.place, message=f"{include.path} was not read: {include.reason}"
            )


def include_unreached(case: Case) -> Iterator[Sighting]:
    """Yield includes that cannot be had here, and name them as not looked at."""
    for include in case.environment.includes:
        if include.reached is Reached.UNREACHED and not include.found:
            case.unchecked(f"the include {include.path}", include.reason, include.path.place)
            yield Sighting(
                place=include.path.place, message=f"{include.path} was not read: {include.reason}"
            )


TOLD = frozenset(
    {
        *("yaml-unreadable", "yaml-too-large", "yaml-encoding", "yaml-documents", "yaml-syntax"),
        *("yaml-tag", "yaml-alias", "yaml-key", "yaml-merge", "yaml-duplicate-key"),
        *("no-environment", "list-shape", "definition-shape", "packages-shape", "include-shape"),
        *("undefined-definition", "group-twice", "group-unknown", "group-circle", "include-twice"),
        *("list-too-large", "matrix-too-large", "spec-syntax", "contradiction"),
    }
)
_ODD = frozenset({"yaml-documents", "yaml-tag", "yaml-alias", "yaml-key", "yaml-merge"})
_STILL_READ = frozenset({"compilers", "include-concrete", "packages-compiler"})
"""Legacy forms that Spack 1.3 takes without a word, or with one."""
OLD = (
    *("env-key", "no-top-key", "gitlab-ci", "env", "compilers", "packages-compiler"),
    *("packages-paths", "packages-modules", "concretization", "repos-list", "include-concrete"),
    "config-",
)

RULES: tuple[Rule[Case], ...] = (
    Rule(
        id="yaml-syntax",
        severity=ERROR,
        see=told("yaml-syntax", "yaml-unreadable", "yaml-encoding", "yaml-too-large"),
        what="A file that is not YAML, cannot be read, or is larger than any stack.",
        why="Nothing in it can be read, by Spack or by anybody.",
        fix="Mend the place that is named; it is where YAML stops making sense.",
        bad="specs: [zlib",
        good="specs: [zlib]",
    ),
    Rule(
        id="yaml-form",
        severity=ERROR,
        see=yaml_form,
        what="YAML that means something else than it seems: tags, second documents, bad aliases; a "
        "warning for keys that are no text.",
        why="What stands there is passed over, and different readers pass over different parts.",
        fix="Write plain keys, lists and text, one document in a file.",
        bad="specs: !!python/tuple [zlib]",
        good="specs: [zlib]",
    ),
    Rule(
        id="duplicate-key",
        severity=ERROR,
        see=told("yaml-duplicate-key"),
        what="A key that is there twice in one mapping.",
        why="One of the two is lost without a word, or Spack refuses the file.",
        fix="Put what both say under one key, or remove one.",
        bad="packages:\n  zlib: {buildable: true}\n  zlib: {buildable: false}",
        good="packages:\n  zlib: {buildable: false}",
    ),
    Rule(
        id="no-environment",
        severity=ERROR,
        see=told("no-environment"),
        what="A file without the key `spack:`.",
        why="Spack takes it for no environment.",
        fix="Start the file with `spack:` and indent everything below it.",
        bad="- zlib",
        good="spack:\n  specs: [zlib]",
    ),
    Rule(
        id="wrong-shape",
        severity=ERROR,
        see=told("list-shape", "definition-shape", "packages-shape", "include-shape"),
        what="A list where Spack wants a mapping, a number where it wants a spec, and the like.",
        why="Spack refuses the file, or leaves out what it cannot use.",
        fix="Write it in the form the hint shows.",
        bad="specs: zlib",
        good="specs: [zlib]",
    ),
    Rule(
        id="undefined-definition",
        severity=ERROR,
        see=told("undefined-definition"),
        what="A `$name` that no definition above it defines.",
        why="Spack stops at a reference to nothing.",
        fix="Define the list above, or correct the name.",
        bad="definitions: [{tools: [cmake]}]\nspecs: [$toolz]",
        good="definitions: [{tools: [cmake]}]\nspecs: [$tools]",
    ),
    Rule(
        id="group",
        severity=ERROR,
        see=told("group-twice", "group-unknown", "group-circle"),
        what="A group of specs that is there twice, needs one that is not there, or needs itself.",
        why="Spack cannot put the groups into an order, and refuses the environment.",
        fix="Give each group its own name, and let `needs` name groups that are there.",
        bad="specs: [{group: a, needs: [b], specs: [zlib]}]",
        good="specs: [{group: b, specs: [cmake]}, {group: a, needs: [b], specs: [zlib]}]",
    ),
    Rule(
        id="too-large",
        severity=ERROR,
        see=told("list-too-large", "matrix-too-large"),
        what="Lists or a matrix with more combinations than anybody builds.",
        why="It is most often one row too many; a solve of it does not end.",
        fix="Split the matrix, or exclude what is not meant.",
        bad="specs: [{matrix: [[a1, …], [b1, …], [c1, …], [d1, …]]}]",
        good="specs: [{matrix: [[zlib], ['%gcc@12', '%gcc@13']]}]",
    ),
    Rule(
        id="spec-syntax",
        severity=ERROR,
        see=told("spec-syntax"),
        what="A root that is no spec.",
        why="Spack refuses the environment, often with an error that names no line.",
        fix="Correct the text at the caret.",
        bad="specs: ['zlib@@1.3']",
        good="specs: ['zlib@1.3']",
    ),
    Rule(
        id="contradiction",
        severity=ERROR,
        see=contradiction,
        what="A root that asks for two things which exclude each other.",
        why="No software can be both; in a matrix it is one combination too many.",
        fix="Remove one, or exclude the combination.",
        bad="specs: [{matrix: [[zlib +pic], [~pic]]}]",
        good="specs: [{matrix: [[zlib], [+pic, ~pic]]}]",
    ),
    Rule(
        id="include-missing",
        severity=ERROR,
        see=include_missing,
        what="An include of a file or folder that is not there.",
        why="Spack stops at it; everything the file would say is missing here too.",
        fix="Correct the path, or mark the include as `optional: true`.",
        bad="include: [no-such-file.yaml]",
        good="include: [packages.yaml]",
    ),
    Rule(
        id="include-unreached",
        severity=WARNING,
        see=include_unreached,
        what="An include that cannot be had here: in a git repository, behind a URL or a variable.",
        why="What it says was not looked at, so that the findings may not be all.",
        fix="Nothing, if that is meant; else lint where it can be reached.",
        bad="include: [{git: https://example.org/config, branch: main, paths: [packages.yaml]}]",
        good="include: [packages.yaml]",
    ),
    Rule(
        id="include-twice",
        severity=WARNING,
        see=told("include-twice"),
        what="A file that is included twice by one file.",
        why="The second include counts for nothing.",
        fix="Remove it.",
        bad="include: [packages.yaml, packages.yaml]",
        good="include: [packages.yaml]",
    ),
    Rule(
        id="legacy-top-key",
        severity=ERROR,
        see=old("env-key", "no-top-key"),
        what="An environment under `env:`, or under no key at all.",
        why="Spack reads `spack:` only.",
        fix="Put everything under `spack:`.",
        bad="env:\n  specs: [zlib]",
        good="spack:\n  specs: [zlib]",
    ),
    Rule(
        id="legacy-section",
        severity=ERROR,
        see=old("gitlab-ci", "concretization", "compilers", "include-concrete"),
        what="A section that Spack refuses now; a warning where it still reads it.",
        why="The file is refused, or what it says will soon have no effect.",
        fix="Write the section the hint names.",
        bad="concretization: together",
        good="concretizer: {unify: true}",
    ),
    Rule(
        id="legacy-packages",
        severity=ERROR,
        see=old("packages-compiler", "packages-paths", "packages-modules"),
        what="Keys of a package from older Spacks: `paths` and `modules`, which are refused now; a "
        "warning for `compiler`, which has no effect.",
        why="The file is refused, or the preference it stands for is silently gone.",
        fix="Write `prefer`, `require` or `externals`, as the hint says.",
        bad="packages: {all: {compiler: [gcc]}}",
        good="packages: {all: {prefer: ['%gcc']}}",
    ),
    Rule(
        id="legacy-config",
        severity=HINT,
        see=old("repos-list", "config-"),
        what="Keys of `config:` or a form of `repos:` from before Spack 1.0.",
        why="They have no effect any more, or will be refused.",
        fix="Write today's form, as the hint says.",
        bad="repos: [./recipes]",
        good="repos: {ours: ./recipes}",
    ),
    Rule(
        id="other-fault",
        severity=ERROR,
        see=other_fault,
        what="Anything else that the reader of environments finds wrong.",
        why="It is not as Spack wants it.",
        fix="As the hint says.",
        bad="(kept for what has no rule of its own yet)",
        good="",
    ),
)
