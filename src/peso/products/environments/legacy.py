"""Forms of environments that newer Spacks ignore, warn of, or refuse; each with its place.

A rule is one function that yields what it sees; `FORMS` is the table. What is read all the same is
said in the message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from peso.base.yaml_nodes import Entry, Mapping, Node, Sequence
from peso.products.environments.record import Legacy, PackageSettings
from peso.products.environments.texts import as_spack, entry_of, get


class Seen(Struct, frozen=True, kw_only=True):
    """What the forms are looked for in."""

    root: Node
    """The whole file."""
    tops: tuple[Mapping, ...]
    """The sections of the environment and of what it includes."""
    packages: tuple[PackageSettings, ...]


def legacy_forms(seen: Seen) -> tuple[Legacy, ...]:
    """Return the legacy forms of an environment, in the order of the table."""
    return tuple(found for form in FORMS for found in form(seen))


def anonymous(seen: Seen) -> Iterator[Legacy]:
    """Yield a file without `spack:`: the old key `env:`, or none."""
    if not isinstance(seen.root, Mapping) or get(seen.root, "spack") is not None:
        return
    if entry := entry_of(seen.root, "env"):
        yield _of(
            entry, "env-key", "the key `env:` is not read by Spack any more", "write `spack:`"
        )
    elif "specs" in seen.root:
        yield Legacy(
            form="no-top-key",
            place=seen.root.place,
            message="the file has no key `spack:`; Spack refuses it",
            hint="put `spack:` above, and indent what follows",
        )


def retired_sections(seen: Seen) -> Iterator[Legacy]:
    """Yield sections that have another name, or no effect, now."""
    for top in seen.tops:
        for name, (message, hint) in _RETIRED.items():
            if entry := entry_of(top, name):
                yield _of(entry, name.replace("_", "-"), message, hint)


def packages_compiler(seen: Seen) -> Iterator[Legacy]:
    """Yield `compiler:` of packages, a preference that Spack 1.0 and newer ignore."""
    for settings in seen.packages:
        if entry := entry_of(settings.node, "compiler"):
            message = f"`compiler` of {settings.name} has no effect since Spack 1.0"
            hint = 'write `prefer: ["%gcc"]`, or a requirement'
            yield _of(entry, "packages-compiler", message, hint)


def packages_paths(seen: Seen) -> Iterator[Legacy]:
    """Yield `paths:` and `modules:` of packages, which are externals now."""
    for settings in seen.packages:
        for name in ("paths", "modules"):
            if entry := entry_of(settings.node, name):
                message = f"`{name}` of {settings.name} is not read by Spack any more"
                yield _of(entry, f"packages-{name}", message, "write `externals:`")


def repos_list(seen: Seen) -> Iterator[Legacy]:
    """Yield `repos:` as a list of paths."""
    for top in seen.tops:
        entry = entry_of(top, "repos")
        if entry is not None and isinstance(entry.value, Sequence):
            message = "`repos` as a list is the form before Spack 1.0"
            yield _of(entry, "repos-list", message, "name each one: `repos: {name: path}`")


def unify_words(seen: Seen) -> Iterator[Legacy]:
    """Yield `config:` keys that moved."""
    for top in seen.tops:
        config = get(top, "config")
        for name, hint in _MOVED.items():
            if entry := entry_of(config, name):
                message = f"`config:{name}` has no effect any more"
                yield _of(entry, f"config-{name}".replace("_", "-"), message, hint)


_RETIRED = {
    "concretization": (
        "`concretization` has no effect since Spack 0.18",
        "write `concretizer: {unify: true}` for together, `unify: false` for separately",
    ),
    "compilers": (
        "`compilers` is the form before Spack 1.0; newer ones turn it into externals",
        "write compilers as `externals` of their packages",
    ),
    "gitlab-ci": ("`gitlab-ci` is not read since Spack 0.20", "write `ci:`"),
    "env": ("`env` is not a section of Spack", "write `env_vars:`"),
    "include_concrete": (
        "`include_concrete` is deprecated",
        "put the path of the spack.lock under `include:`",
    ),
}
_MOVED = {
    "concretizer": "remove it; there is one concretizer",
    "install_missing_compilers": "remove it; compilers are dependencies now",
    "install_path_scheme": "write `install_tree: {projections: …}`",
}

FORMS: tuple[Callable[[Seen], Iterator[Legacy]], ...] = (
    anonymous,
    retired_sections,
    packages_compiler,
    packages_paths,
    repos_list,
    unify_words,
)


def _of(entry: Entry, form: str, message: str, hint: str) -> Legacy:
    return Legacy(
        form=form, place=entry.key.place, message=message, hint=hint, text=as_spack(entry.key)
    )
