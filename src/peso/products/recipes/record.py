"""What a recipe says: frozen records, one for each kind of directive.

1. A `Recipe` holds what its own class and every class it inherits from declare, in the order Spack
   applies them. A directive says where it is written: `file` and `line`.
2. Specs and conditions stay text here; `products/spec` gives them meaning. `when` holds conditions
   that must all hold (nested `with when(...)` blocks and the directive's own); empty: always.
3. What is overridden is gone (a version declared twice, a variant declared twice under the same
   condition); what Spack merges (two dependencies on one package) is kept apart, as written.
4. What cannot be known without running the recipe is an `Unread` with its reason, beside all that
   is known; a file that cannot be read at all is an `Unreadable`. Neither is ever dropped.
5. An empty text or tuple means: the recipe does not say.

Nothing here reads or decides.
"""

from __future__ import annotations

from msgspec import Struct

Condition = tuple[str, ...]
"""Spec constraints that must all hold; empty: always."""


class Directive(Struct, frozen=True, kw_only=True):
    """What every directive has."""

    line: int
    file: str = ""
    """Where it is written, relative to its repository; empty: in the recipe's own file."""
    when: Condition = ()


class Fetch(Directive, frozen=True, kw_only=True):
    """Where source code comes from, and what proves it."""

    checksum: str = ""
    """The digest in hex, of the strongest kind that is given."""
    checksum_kind: str = ""
    """`sha256`, `md5`, ...; empty where there is no checksum."""
    url: str = ""
    git: str = ""
    commit: str = ""
    tag: str = ""
    branch: str = ""
    options: tuple[tuple[str, str], ...] = ()
    """The other arguments by name, as text (`submodules`, `expand`, `svn`, ...)."""


class Version(Fetch, frozen=True, kw_only=True):
    """A version that can be fetched."""

    number: str
    """The version as Spack prints it: `1.2.3`, `develop`."""
    preferred: bool = False
    deprecated: bool = False
    computed_url: str = ""
    """What the recipe's own method gives for it; empty: there is none, or it cannot be known."""

    @property
    def proven(self) -> bool:
        """Whether what is fetched is proven by a checksum or a commit."""
        return bool(self.checksum or self.commit)


class VariantValue(Struct, frozen=True, kw_only=True):
    """A value a variant may have."""

    value: str | bool
    when: Condition = ()
    never: bool = False
    """Switched off for good (`conditional(..., when=False)`)."""


class Variant(Directive, frozen=True, kw_only=True):
    """A variant, under one condition. Later ones of the same name take precedence."""

    name: str
    default: str | bool
    """True or False for a boolean variant; several values are joined by commas."""
    values: tuple[VariantValue, ...] = ()
    accepts: str = ""
    """Not empty: values are not listed but decided by this: `*` (any), `int`, a function's name."""
    sets: tuple[tuple[str, ...], ...] = ()
    """For a multi-valued variant: values of one of these sets go together, never of two."""
    multi: bool = False
    sticky: bool = False
    validator: str = ""
    """The name of a function that judges a group of values."""
    description: str = ""


class Patch(Directive, frozen=True, kw_only=True):
    """A patch of the sources: a URL, or a file beside the recipe."""

    source: str
    level: int = 1
    sha256: str = ""
    archive_sha256: str = ""
    working_dir: str = "."
    reverse: bool = False


class Dependency(Directive, frozen=True, kw_only=True):
    """A dependency on a package or a virtual one."""

    name: str
    spec: str
    """As written: `hdf5@1.12: +mpi`."""
    types: tuple[str, ...]
    """Of `build`, `link`, `run`, `test`, in this order."""
    patches: tuple[Patch, ...] = ()
    directive: str = "depends_on"
    """`depends_on` or `extends`."""


class Extension(Directive, frozen=True, kw_only=True):
    """What this package extends; its dependencies are among the dependencies."""

    name: str
    spec: str


class Conflict(Directive, frozen=True, kw_only=True):
    """Where the condition holds, this spec must not."""

    spec: str
    message: str = ""


class Requirement(Directive, frozen=True, kw_only=True):
    """Where the condition holds, one or any of these specs must."""

    specs: tuple[str, ...]
    policy: str = "one_of"
    message: str = ""


class Provided(Directive, frozen=True, kw_only=True):
    """Virtual packages this one provides; several of one directive are provided together."""

    specs: tuple[str, ...]
    names: tuple[str, ...]


class Resource(Fetch, frozen=True, kw_only=True):
    """Something more that is fetched and put among the sources."""

    name: str = ""
    destination: str = ""
    placement: str = ""


class License(Directive, frozen=True, kw_only=True):
    """The license, as an SPDX expression."""

    expression: str
    checked_by: tuple[str, ...] = ()


class Redistribution(Directive, frozen=True, kw_only=True):
    """What may not be given to others: the sources, the binaries."""

    source: bool = True
    binary: bool = True


class Splice(Directive, frozen=True, kw_only=True):
    """Where the condition holds, this package may stand in for the target in a binary."""

    target: str
    match_variants: tuple[str, ...] = ()
    """`*` alone: all."""


class StandaloneTest(Struct, frozen=True, kw_only=True):
    """A method `test_*`, run on an installed package."""

    name: str
    line: int
    file: str = ""


class Unread(Struct, frozen=True, kw_only=True):
    """Something in a recipe that cannot be known without running it."""

    directive: str
    """`version`, `depends_on`, ...; `*` where it may be of any kind; an attribute's name."""
    line: int
    reason: str
    file: str = ""


class Unreadable(Struct, frozen=True, kw_only=True):
    """A recipe that cannot be read at all, and why."""

    name: str
    path: str
    """Relative to the repository."""
    reason: str
    namespace: str = ""
    repository: str = ""


class Recipe(Struct, frozen=True, kw_only=True):
    """One package as its recipe describes it."""

    name: str
    """The package's name in Spack: `py-numpy`."""
    namespace: str
    repository: str
    """The folder (or `folder@commit`) of the repository it was read from."""
    path: str
    """The recipe's file, relative to the repository."""
    digest: str
    """The sha256 of that file."""
    class_name: str
    line: int
    bases: tuple[str, ...] = ()
    """The classes it inherits from, nearest first, without `PackageBase` and what is above."""
    description: str = ""
    homepage: str = ""
    url: str = ""
    git: str = ""
    list_url: str = ""
    urls: tuple[str, ...] = ()
    """Where sources may be too, the first comes first; versions are put in as in `url`."""
    computes_url: bool = False
    """Whether a method of it computes the URL of a version."""
    pypi: str = ""
    has_code: bool = True
    virtual: bool = False
    """Whether the class only stands for a virtual package."""
    maintainers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    build_systems: tuple[str, ...] = ()
    versions: tuple[Version, ...] = ()
    variants: tuple[Variant, ...] = ()
    dependencies: tuple[Dependency, ...] = ()
    extensions: tuple[Extension, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    provided: tuple[Provided, ...] = ()
    patches: tuple[Patch, ...] = ()
    resources: tuple[Resource, ...] = ()
    licenses: tuple[License, ...] = ()
    redistributions: tuple[Redistribution, ...] = ()
    splices: tuple[Splice, ...] = ()
    tests: tuple[StandaloneTest, ...] = ()
    unread: tuple[Unread, ...] = ()
