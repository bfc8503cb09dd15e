"""The table of directives: for each its arguments, and the records that a call of it says.

1. Argument names, their order and their defaults are those of Spack's Package API.
2. A directive whose condition is false for good says nothing, as in Spack.
3. What `extends` implies is said too: the dependency, and `python-venv` beside `python`.

Facts: Spack's `directives.py` (Package API 2.2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from peso.products.recipes.arguments import Arguments, kind, plain_text, texts
from peso.products.recipes.naming import spec_name
from peso.products.recipes.record import (
    Condition,
    Conflict,
    Dependency,
    Directive,
    Extension,
    License,
    Patch,
    Provided,
    Redistribution,
    Requirement,
    Resource,
    Splice,
    Unread,
    Version,
)
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.values import (
    Declared,
    Value,
)
from peso.products.recipes.variants import build_system, variant

Place = tuple[int, str]
"""Line and file."""
Says = tuple[Directive | Unread | str, ...]
Builder = Callable[[Arguments, Condition, Place], Says]

TYPES: Final = ("build", "link", "run", "test")
_HASHES: Final = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5", "checksum")
_FETCH: Final = frozenset(("url", "git", "commit", "tag", "branch", *_HASHES))


def _fetch(given: Arguments, known: frozenset[str]) -> dict[str, Value]:
    """Return the fields of `Fetch`: the strongest checksum, and everything else by name."""
    fields: dict[str, Value] = {}
    said = given.given
    for name in said.keys() & _FETCH:
        if name == "url":
            fields[name] = given.soft(name)
        elif name not in _HASHES and said[name] is not None:
            fields[name] = plain_text(given.known(name))
    for name in _HASHES:
        if said.get(name) is not None:
            fields["checksum"], fields["checksum_kind"] = given.text(name), name
            break
    if more := said.keys() - known:
        fields["options"] = tuple(
            [(name, given.soft(name)) for name in sorted(more) if said[name] is not None]
        )
    return fields


_VERSION_KNOWN = _FETCH | {"ver", "preferred", "deprecated", "when"}


def _version(given: Arguments, _when: Condition, place: Place) -> Says:
    number = given.known("ver")
    if type(number) not in {str, int}:
        raise CannotRead(f"the version is neither text nor a number: {kind(number)}")
    return (
        Version(
            line=place[0],
            file=place[1],
            number=str(number),
            preferred=given.flag("preferred"),
            deprecated=given.flag("deprecated"),
            **_fetch(given, _VERSION_KNOWN),
        ),
    )


_RESOURCE_KNOWN = _FETCH | {"name", "destination", "placement", "when"}


def _resource(given: Arguments, when: Condition, place: Place) -> Says:
    return (
        Resource(
            line=place[0],
            file=place[1],
            when=when,
            name=given.soft("name"),
            destination=given.soft("destination"),
            placement=given.soft("placement"),
            **_fetch(given, _RESOURCE_KNOWN),
        ),
    )


def types_of(value: Value) -> tuple[str, ...]:
    """Return the types of a dependency in their one order."""
    if type(value) is str or type(value) is tuple:
        known = _USUAL.get(value)
        if known is not None:
            return known
    asked = texts(value, "the type")
    if wrong := [one for one in asked if one not in TYPES and one != "all"]:
        raise CannotRead(f"there is no dependency type {wrong[0]!r}", raised="ValueError")
    return TYPES if "all" in asked else tuple(one for one in TYPES if one in asked)


_USUAL: Final[dict[Value, tuple[str, ...]]] = {
    "all": TYPES,
    "build": ("build",),
    ("build",): ("build",),
    "link": ("link",),
    "run": ("run",),
    "test": ("test",),
    ("build", "link"): ("build", "link"),
    ("build", "run"): ("build", "run"),
    ("build", "link", "run"): ("build", "link", "run"),
    ("link", "run"): ("link", "run"),
}


def _dependency_patches(value: Value, place: Place) -> tuple[Patch, ...]:
    if value is None:
        return ()
    several = value if isinstance(value, (list, tuple)) else (value,)
    found: list[Patch] = []
    for one in several:
        if type(one) is str:
            found.append(Patch(line=place[0], file=place[1], source=one))
        elif type(one) is Declared and one.kind == "patch":
            found.extend(said for said in one.says if type(said) is Patch)
        else:
            raise CannotRead(f"patches: {kind(one)} is no patch")
    return tuple(found)


def _depends(
    given: Arguments, when: Condition, place: Place, default: tuple[str, ...], directive: str
) -> Dependency:
    spec = given.text("spec")
    if not (name := spec_name(spec)):
        raise CannotRead(f"the spec {spec!r} names no package", raised="DependencyError")
    try:
        patches = _dependency_patches(given.known("patches"), place)
    except CannotRead as why:
        given.notes.append(why.reason)
        patches = ()
    return Dependency(
        line=place[0],
        file=place[1],
        when=when,
        name=name,
        spec=spec,
        types=types_of(given.known("type", default)),
        patches=patches,
        directive=directive,
    )


def _depends_on(given: Arguments, when: Condition, place: Place) -> Says:
    return (_depends(given, when, place, ("build", "link"), "depends_on"),)


def _extends(given: Arguments, when: Condition, place: Place) -> Says:
    asked = _depends(given, when, place, ("build", "run"), "extends")
    line, file = place
    said: tuple[Directive, ...] = (
        asked,
        Extension(line=line, file=file, when=when, name=asked.name, spec=asked.spec),
    )
    if asked.name == "python":
        said += (
            Dependency(
                line=line,
                file=file,
                when=when,
                name="python-venv",
                spec="python-venv",
                types=("build", "run"),
                directive="extends",
            ),
        )
    return said


def _conflicts(given: Arguments, when: Condition, place: Place) -> Says:
    spec = given.text("conflict_spec")
    message = given.soft("msg")
    return (Conflict(line=place[0], file=place[1], when=when, spec=spec, message=message),)


def _requires(given: Arguments, when: Condition, place: Place) -> Says:
    return (
        Requirement(
            line=place[0],
            file=place[1],
            when=when,
            specs=texts(given.known("*"), "the requirement"),
            policy=given.text("policy") if "policy" in given.given else "one_of",
            message=given.soft("msg"),
        ),
    )


def _provides(given: Arguments, when: Condition, place: Place) -> Says:
    specs = texts(given.known("*"), "what is provided")
    names = tuple(spec_name(spec) for spec in specs)
    return (Provided(line=place[0], file=place[1], when=when, specs=specs, names=names),)


def _patch(given: Arguments, when: Condition, place: Place) -> Says:
    level = given.known("level", 1)
    return (
        Patch(
            line=place[0],
            file=place[1],
            when=when,
            source=given.text("url_or_filename"),
            level=level if type(level) is int else 1,
            sha256=given.soft("sha256"),
            archive_sha256=given.soft("archive_sha256"),
            working_dir=given.soft("working_dir", "."),
            reverse=given.flag("reverse"),
        ),
    )


def _license(given: Arguments, when: Condition, place: Place) -> Says:
    checked = given.given.get("checked_by")
    return (
        License(
            line=place[0],
            file=place[1],
            when=when,
            expression=given.text("license_identifier"),
            checked_by=texts(checked, "checked_by") if checked is not None else (),
        ),
    )


def _redistribute(given: Arguments, when: Condition, place: Place) -> Says:
    source = given.known("source") is not False
    binary = given.known("binary") is not False
    line, file = place
    return (Redistribution(line=line, file=file, when=when, source=source, binary=binary),)


def _can_splice(given: Arguments, when: Condition, place: Place) -> Says:
    match = given.known("match_variants")
    return (
        Splice(
            line=place[0],
            file=place[1],
            when=when,
            target=given.text("target"),
            match_variants=texts(match, "match_variants") if match is not None else (),
        ),
    )


def _maintainers(given: Arguments, _when: Condition, _place: Place) -> Says:
    return texts(given.known("*"), "the maintainers")


_DEPENDENCY = ("spec", "when", "type")
SIGNATURES: Final[dict[str, tuple[str, ...]]] = {
    "build_system": ("*",),
    "can_splice": ("target",),
    "conflicts": ("conflict_spec", "when", "msg"),
    "depends_on": _DEPENDENCY,
    "extends": _DEPENDENCY,
    "license": ("license_identifier", "checked_by", "when"),
    "maintainers": ("*",),
    "patch": (
        *("url_or_filename", "level", "when", "working_dir", "reverse", "sha256"),
        "archive_sha256",
    ),
    "provides": ("*",),
    "redistribute": ("source", "binary", "when"),
    "requires": ("*",),
    "resource": (),
    "variant": (
        *("name", "default", "description", "values", "multi", "validator", "when", "sticky"),
    ),
    "version": ("ver", "checksum"),
}
"""Positional arguments; `*` takes all of them."""

_BUILDERS: Final[dict[str, Builder]] = {
    "build_system": build_system,
    "can_splice": _can_splice,
    "conflicts": _conflicts,
    "depends_on": _depends_on,
    "extends": _extends,
    "license": _license,
    "maintainers": _maintainers,
    "patch": _patch,
    "provides": _provides,
    "redistribute": _redistribute,
    "requires": _requires,
    "resource": _resource,
    "variant": variant,
    "version": _version,
}

DIRECTIVES: Final = frozenset(SIGNATURES)


def say(
    directive: str, args: list[Value], kwargs: dict[str, Value], around: Condition, place: Place
) -> Says:
    """Return the records that a call of a directive says. Raises `CannotRead`."""
    names = SIGNATURES[directive]
    if names == ("*",):
        given = Arguments((), [], {"*": args, **kwargs}, around)
    else:
        given = Arguments(names, args, kwargs, around)
    when = given.when()
    if when is None:
        return ()
    said = _BUILDERS[directive](given, when, place)
    if not given.notes:
        return said
    notes = (
        Unread(directive=directive, line=place[0], file=place[1], reason=note)
        for note in given.notes
    )
    return (*said, *notes)
