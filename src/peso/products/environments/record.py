"""The records of a Spack environment as it was read: what it asks for, each with its place.

What they do not do: read, judge, or know recipes. The rules, in order:

1. Text that a person wrote is a `Text`: its value as Spack reads it, and the scalar it stands in.
2. What could not be decided (a condition on a machine nobody described, an include that cannot be
   reached) is kept with a `Doubt` that says why; it is neither dropped nor taken for certain.
3. Configuration is kept twice: merged as the tree of a section (`Environment.section`), where each
   node keeps the file it came from, and as records (`packages`, `repos`, …) for those who ask.
4. Everything wrong is in `troubles`; an environment with troubles is still an environment.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from peso.base.yaml_nodes import Document, Mapping, Node, Place, Scalar, Trouble

DEFAULT_GROUP = "default"


class Text(Struct, frozen=True):
    """A piece of text as Spack reads it, and the scalar it stands in."""

    value: str
    scalar: Scalar

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.scalar.place

    def part(self, start: int, end: int) -> Place:
        """Return the place of some characters of the value, as near as they can be told."""
        return self.scalar.part(start, end)

    def __str__(self) -> str:
        return self.value


class Doubt(Struct, frozen=True):
    """Why something is not certain."""

    reason: str
    place: Place

    def __str__(self) -> str:
        return f"{self.reason} ({self.place})"


class Answer(StrEnum):
    """What became of a condition."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Condition(Struct, frozen=True, kw_only=True):
    """A `when` in Python, and its answer for the machine the reader was told of."""

    text: Text
    answer: Answer
    reason: str = ""
    """Why the answer is unknown."""


class Reached(StrEnum):
    """What became of an include."""

    READ = "read"
    SKIPPED = "skipped"
    """Its `when` says no, or it is optional and not there."""
    CONCRETE = "concrete"
    """A lock file: concrete specs, not configuration."""
    UNREACHED = "unreached"
    """It cannot be had here: `Include.reason` says why."""


class Include(Struct, frozen=True, kw_only=True):
    """One path that a file includes."""

    path: Text
    """As it is written; a `git:` entry gives one include for each of its `paths`."""
    place: Place
    """Of the whole entry."""
    reached: Reached
    reason: str = ""
    """Why it was skipped or not reached."""
    found: str = ""
    """The file or folder it stands for, where it is here."""
    when: Condition | None = None
    optional: bool = False
    sha256: Text | None = None
    git: Text | None = None
    pin: Text | None = None
    """The commit, tag or branch of a `git:` include."""
    name: Text | None = None


class Source(Struct, frozen=True, kw_only=True):
    """A file of the environment, or a file of configuration it includes."""

    document: Document
    sections: tuple[str, ...]
    """The sections it speaks of, as keys without `:`."""
    depth: int = 0
    """0 for the environment's own file, 1 for what it includes, and so on."""

    @property
    def file(self) -> str:
        """The file's path."""
        return self.document.file


class Definition(Struct, frozen=True, kw_only=True):
    """A named list of specs."""

    name: Text
    entries: tuple[Node, ...]
    """As written: spec scalars, references and matrices."""
    place: Place
    when: Condition | None = None


class Group(Struct, frozen=True, kw_only=True):
    """A named group of roots; those in no group are in the group `default`."""

    name: str
    place: Place
    """Of the group's entry; of `specs` for the default group."""
    needs: tuple[Text, ...] = ()
    explicit: bool = True
    override: Mapping | None = None
    """Configuration on top of the environment's, for this group only."""


class Piece(Struct, frozen=True, kw_only=True):
    """One text that a root is put together from: a root itself, or a choice of a matrix row."""

    text: Text
    sigil: str = ""
    """`^` or `%` where it was taken by `$^name` or `$%name`."""
    definition: str = ""
    """The definition it came from; empty where it stands in the list itself."""

    @property
    def value(self) -> str:
        """The spec text with its sigil."""
        return self.sigil + self.text.value


class Root(Struct, frozen=True, kw_only=True):
    """A root as Spack expands it."""

    spec: str
    """In Spack's printed form; the texts joined by spaces where they are not specs."""
    group: str
    pieces: tuple[Piece, ...]
    place: Place
    """Where it was asked for: the spec, the reference, or the matrix, in the list of its group."""
    definition: str = ""
    """The definition the list refers to; empty where the root stands in the list itself."""
    matrix: Place | None = None
    """The matrix it is a combination of."""
    doubts: tuple[Doubt, ...] = ()
    """Why it may not be one: conditions that could not be answered."""


class MatrixUse(Struct, frozen=True, kw_only=True):
    """A matrix and what became of it."""

    place: Place
    group: str
    combinations: int
    """The product of its rows."""
    excluded: int
    roots: int
    excludes: tuple[Text, ...] = ()
    unused_excludes: tuple[Text, ...] = ()
    """Excludes that no combination satisfies."""


class Strength(StrEnum):
    """How a package's rule binds."""

    REQUIRE = "require"
    PREFER = "prefer"
    CONFLICT = "conflict"


class Choice(StrEnum):
    """How many of a rule's specs must hold."""

    ALL = "spec"
    ANY = "any_of"
    ONE = "one_of"


class Rule(Struct, frozen=True, kw_only=True):
    """A requirement, strong preference or conflict of a package."""

    strength: Strength
    choice: Choice
    specs: tuple[Text, ...]
    place: Place
    when: Text | None = None
    message: Text | None = None


class External(Struct, frozen=True, kw_only=True):
    """A package that is on the machine already."""

    spec: Text
    place: Place
    prefix: Text | None = None
    modules: tuple[Text, ...] = ()
    extra: Mapping | None = None
    """`extra_attributes`: compilers, flags, environment."""


class Preferred(Struct, frozen=True, kw_only=True):
    """The providers preferred for a virtual package."""

    virtual: Text
    specs: tuple[Text, ...]


class Buildable(Struct, frozen=True, kw_only=True):
    """Whether a package may be built."""

    value: bool
    place: Place


class PackageSettings(Struct, frozen=True, kw_only=True):
    """What `packages:` says of a package, or of all."""

    name: Text
    place: Place
    rules: tuple[Rule, ...] = ()
    externals: tuple[External, ...] = ()
    buildable: Buildable | None = None
    providers: tuple[Preferred, ...] = ()
    versions: tuple[Text, ...] = ()
    variants: tuple[Text, ...] = ()
    targets: tuple[Text, ...] = ()
    compilers: tuple[Text, ...] = ()
    """The legacy `compiler:` preference, which Spack 1.0 and newer ignore."""
    node: Node | None = None
    """The merged tree, for what has no record."""


class Repository(Struct, frozen=True, kw_only=True):
    """A repository of recipes."""

    name: Text | None
    """None in the legacy form, a list of paths."""
    place: Place
    path: Text | None = None
    git: Text | None = None
    branch: Text | None = None
    commit: Text | None = None
    tag: Text | None = None
    paths: tuple[Text, ...] = ()
    destination: Text | None = None

    @property
    def pin(self) -> str:
        """What it is pinned to: commit, else tag, else branch; empty where it is not."""
        pinned = self.commit or self.tag or self.branch
        return pinned.value if pinned else ""


class Part(Struct, frozen=True, kw_only=True):
    """A conditional spec of a toolchain."""

    spec: Text
    when: Text | None = None


class Toolchain(Struct, frozen=True, kw_only=True):
    """A named set of compilers, used as `%name`."""

    name: Text
    place: Place
    parts: tuple[Part, ...]


class View(Struct, frozen=True, kw_only=True):
    """A folder of links into what is installed."""

    name: str
    place: Place
    root: Text | None = None
    select: tuple[Text, ...] = ()
    exclude: tuple[Text, ...] = ()
    groups: tuple[Text, ...] = ()
    node: Node | None = None


class Mirror(Struct, frozen=True, kw_only=True):
    """Where sources or binaries are fetched from."""

    name: Text
    place: Place
    url: Text | None = None
    node: Node | None = None


class Legacy(Struct, frozen=True, kw_only=True):
    """A form that newer Spacks ignore or refuse."""

    form: str
    """An id: `packages-compiler`, `compilers`, `concretization`, `gitlab-ci`, `env-key`, …"""
    place: Place
    message: str
    hint: str
    text: str = ""
    """The scalar it is about."""


class Stated(Struct, frozen=True, kw_only=True):
    """A version that a definition `_name` or `_version` states, in ACCESS-NRI's manner."""

    name: Text
    value: Text


class Section(Struct, frozen=True, kw_only=True):
    """A section of the configuration, merged over all files."""

    name: str
    node: Node
    key: Scalar


class Environment(Struct, frozen=True, kw_only=True):
    """A Spack environment as it was read."""

    file: str
    sources: tuple[Source, ...]
    """The environment's file first, then what it includes, highest precedence first."""
    roots: tuple[Root, ...] = ()
    groups: tuple[Group, ...] = ()
    definitions: tuple[Definition, ...] = ()
    matrices: tuple[MatrixUse, ...] = ()
    includes: tuple[Include, ...] = ()
    sections: tuple[Section, ...] = ()
    packages: tuple[PackageSettings, ...] = ()
    repos: tuple[Repository, ...] = ()
    toolchains: tuple[Toolchain, ...] = ()
    views: tuple[View, ...] = ()
    mirrors: tuple[Mirror, ...] = ()
    stated: tuple[Stated, ...] = ()
    legacy: tuple[Legacy, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    """What could not be read or decided, so that this may not be all: includes, conditions."""

    def section(self, name: str) -> Node | None:
        """Return the merged tree of a section; None where no file speaks of it."""
        return next((one.node for one in self.sections if one.name == name), None)

    def settings(self, package: str) -> PackageSettings | None:
        """Return what `packages:` says of a package (or of `all`); None where nothing."""
        return next((one for one in self.packages if one.name.value == package), None)
