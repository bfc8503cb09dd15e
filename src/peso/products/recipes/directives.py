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
from peso.products.recipes.record import Condition
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.said import Fields, Place, Says, at, unread
from peso.products.recipes.values import (
    Declared,
    Value,
)
from peso.products.recipes.variants import build_system, variant

Builder = Callable[[Arguments, Condition, Place], Says]

TYPES: Final = ("build", "link", "run", "test")
_HASHES: Final = ("sha512", "sha384", "sha256", "sha224", "sha1", "md5", "checksum")
_FETCH: Final = frozenset(("url", "git", "commit", "tag", "branch", *_HASHES))
_VERSION_KNOWN: Final = _FETCH | {"ver", "preferred", "deprecated", "when"}
_RESOURCE_KNOWN: Final = _FETCH | {"name", "destination", "placement", "when"}


def _fetch(fields: Fields, given: Arguments, known: frozenset[str]) -> None:
    """Add the fields of `Fetch`: the strongest checksum, and everything else by name."""
    said = given.given
    for name in said.keys() & _FETCH:
        if name == "url":
            _soft(fields, given, name)
        elif name not in _HASHES and said[name] is not None:
            fields[name] = plain_text(given.known(name))
    for name in _HASHES:
        if said.get(name) is not None:
            fields["checksum"], fields["checksum_kind"] = given.text(name), name
            break
    if more := said.keys() - known:
        options = [(name, given.soft(name)) for name in sorted(more) if said[name] is not None]
        if options:
            fields["options"] = options


def _soft(fields: Fields, given: Arguments, name: str, field: str = "") -> None:
    """Add an argument that need not be known, where it says something."""
    if name in given.given and (text := given.soft(name)):
        fields[field or name] = text


def _flag(fields: Fields, given: Arguments, name: str) -> None:
    """Add an argument that is true or false, where it is true."""
    if name in given.given and given.flag(name):
        fields[name] = True


def _version(given: Arguments, _when: Condition, place: Place) -> Says:
    number = given.known("ver")
    if type(number) not in {str, int}:
        raise CannotRead(f"the version is neither text nor a number: {kind(number)}")
    fields = at(place)
    fields["number"] = str(number)
    _flag(fields, given, "preferred")
    _flag(fields, given, "deprecated")
    _fetch(fields, given, _VERSION_KNOWN)
    return (("versions", fields),)


def _resource(given: Arguments, when: Condition, place: Place) -> Says:
    fields = at(place, when)
    for name in ("name", "destination", "placement"):
        _soft(fields, given, name)
    _fetch(fields, given, _RESOURCE_KNOWN)
    return (("resources", fields),)


def types_of(value: Value) -> tuple[str, ...]:
    """Return the types of a dependency in their one order."""
    if type(value) is str or type(value) is tuple:
        known = USUAL.get(value)
        if known is not None:
            return known
    asked = texts(value, "the type")
    if wrong := [one for one in asked if one not in TYPES and one != "all"]:
        raise CannotRead(f"there is no dependency type {wrong[0]!r}", raised="ValueError")
    return TYPES if "all" in asked else tuple(one for one in TYPES if one in asked)


USUAL: Final[dict[Value, tuple[str, ...]]] = {
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


def _dependency_patches(value: Value, place: Place) -> list[Fields]:
    if value is None:
        return []
    several = value if isinstance(value, (list, tuple)) else (value,)
    found: list[Fields] = []
    for one in several:
        if type(one) is str:
            found.append({**at(place), "source": one})
        elif type(one) is Declared and one.kind == "patch":
            found.extend(fields for where, fields in one.says if where == "patches")
        else:
            raise CannotRead(f"patches: {kind(one)} is no patch")
    return found


def _depends(
    given: Arguments, when: Condition, place: Place, default: tuple[str, ...]
) -> tuple[str, Fields]:
    """Return the package that a dependency is on, and its fields."""
    said = given.given
    spec = said.get("spec")
    if type(spec) is not str:
        spec = given.text("spec")
    if not (name := spec_name(spec)):
        raise CannotRead(f"the spec {spec!r} names no package", raised="DependencyError")
    fields = at(place, when)
    fields["name"], fields["spec"] = name, spec
    if "patches" in said:
        try:
            if patches := _dependency_patches(given.known("patches"), place):
                fields["patches"] = patches
        except CannotRead as why:
            given.notes.append(why.reason)
    fields["types"] = types_of(given.known("type")) if "type" in said else default
    return name, fields


def _depends_on(given: Arguments, when: Condition, place: Place) -> Says:
    return (("dependencies", _depends(given, when, place, ("build", "link"))[1]),)


def _extends(given: Arguments, when: Condition, place: Place) -> Says:
    name, fields = _depends(given, when, place, ("build", "run"))
    fields["directive"] = "extends"
    extension = {**at(place, when), "name": name, "spec": fields["spec"]}
    said: Says = (("dependencies", fields), ("extensions", extension))
    if name != "python":
        return said
    venv = {
        **at(place, when),
        "name": "python-venv",
        "spec": "python-venv",
        "types": ("build", "run"),
        "directive": "extends",
    }
    return (*said, ("dependencies", venv))


def _conflicts(given: Arguments, when: Condition, place: Place) -> Says:
    fields = at(place, when)
    fields["spec"] = given.text("conflict_spec")
    _soft(fields, given, "msg", "message")
    return (("conflicts", fields),)


def _requires(given: Arguments, when: Condition, place: Place) -> Says:
    fields = at(place, when)
    fields["specs"] = texts(given.known("*"), "the requirement")
    if "policy" in given.given:
        fields["policy"] = given.text("policy")
    _soft(fields, given, "msg", "message")
    return (("requirements", fields),)


def _provides(given: Arguments, when: Condition, place: Place) -> Says:
    specs = texts(given.known("*"), "what is provided")
    names = tuple(spec_name(spec) for spec in specs)
    return (("provided", {**at(place, when), "specs": specs, "names": names}),)


def _patch(given: Arguments, when: Condition, place: Place) -> Says:
    fields = at(place, when)
    level = given.known("level", 1)
    fields["source"] = given.text("url_or_filename")
    if type(level) is int and level != 1:
        fields["level"] = level
    _soft(fields, given, "sha256")
    _soft(fields, given, "archive_sha256")
    if given.given.get("working_dir") is not None:
        fields["working_dir"] = given.soft("working_dir", ".")
    _flag(fields, given, "reverse")
    return (("patches", fields),)


def _license(given: Arguments, when: Condition, place: Place) -> Says:
    fields = at(place, when)
    fields["expression"] = given.text("license_identifier")
    checked = given.given.get("checked_by")
    if checked is not None:
        fields["checked_by"] = texts(checked, "checked_by")
    return (("licenses", fields),)


def _redistribute(given: Arguments, when: Condition, place: Place) -> Says:
    fields = at(place, when)
    for name in ("source", "binary"):
        if given.known(name) is False:
            fields[name] = False
    return (("redistributions", fields),)


def _can_splice(given: Arguments, when: Condition, place: Place) -> Says:
    fields = at(place, when)
    match = given.known("match_variants")
    fields["target"] = given.text("target")
    if match is not None:
        fields["match_variants"] = texts(match, "match_variants")
    return (("splices", fields),)


def _maintainers(given: Arguments, _when: Condition, _place: Place) -> Says:
    return tuple(("maintainers", one) for one in texts(given.known("*"), "the maintainers"))


_ALL: Final = ("*",)
_DEPENDENCY = ("spec", "when", "type")
SIGNATURES: Final[dict[str, tuple[str, ...]]] = {
    "build_system": _ALL,
    "can_splice": ("target",),
    "conflicts": ("conflict_spec", "when", "msg"),
    "depends_on": _DEPENDENCY,
    "extends": _DEPENDENCY,
    "license": ("license_identifier", "checked_by", "when"),
    "maintainers": _ALL,
    "patch": (
        *("url_or_filename", "level", "when", "working_dir", "reverse", "sha256"),
        "archive_sha256",
    ),
    "provides": _ALL,
    "redistribute": ("source", "binary", "when"),
    "requires": _ALL,
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
    """Return what a call of a directive says. Raises `CannotRead`."""
    names = SIGNATURES[directive]
    if names is _ALL:
        given = Arguments((), [], {"*": args, **kwargs}, around)
    else:
        given = Arguments(names, args, kwargs, around)
    own = given.given.get("when")
    when = around if own is None else given.when()
    if when is None:
        return ()
    says = _BUILDERS[directive](given, when, place)
    if not given.notes:
        return says
    return (*says, *(unread(directive, place, note) for note in given.notes))
