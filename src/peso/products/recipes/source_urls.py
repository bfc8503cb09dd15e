"""Where a recipe's archives are, as far as more than `url` decides it.

1. `urls`; or, for packages of an archive (GNU's, say), a path that is added to each of its mirrors.
2. A recipe's own `url_for_version` is worked out for each version it declares, like any other
   function of a recipe. Where it asks for what only a solve knows, the URL is not known.

Puts no version into a URL: that is for who knows Spack's rules for it.
"""

from __future__ import annotations

from peso.products.recipes.machine import Machine
from peso.products.recipes.names import class_attribute
from peso.products.recipes.refusals import CannotRead, TooMuch
from peso.products.recipes.said import Fields
from peso.products.recipes.values import Class, Function, Value, VersionText

_METHODS = ("url_for_version", "url_version", "all_urls_for_version")
_MIRRORS, _PATH = "base_mirrors", "_mirror_path"


def more_urls(made: Class, machine: Machine) -> Fields:
    """Return `urls` and `computes_url` of a recipe, where they are not the defaults."""
    said: Fields = {"computes_url": True} if any(map(made.owner, _METHODS)) else {}
    urls = _texts(made, "urls", machine) or _mirrored(made, machine)
    return {**said, "urls": urls} if urls else said


def compute_urls(versions: list[Fields], made: Class, machine: Machine) -> None:
    """Add to each version the URL that the recipe's own method gives, where it can be known."""
    method = next(
        (
            one.names[name]
            for one in made.line_of_descent()
            for name in _METHODS
            if name in one.names
        ),
        None,
    )
    if type(method) is not Function or getattr(method.node, "name", "") != "url_for_version":
        return
    for version in versions:
        if version.get("url") or version.get("git") or not version.get("checksum"):
            continue
        try:
            url = machine.run_function(method, [made, VersionText(version["number"])], {})
        except CannotRead:
            continue
        except TooMuch:
            return
        if type(url) is str:
            version["computed_url"] = url


def _mirrored(made: Class, machine: Machine) -> tuple[str, ...]:
    """Return the path of an archive on each of its mirrors; of several paths the last by name."""
    urls: tuple[str, ...] = ()
    if made.owner(_MIRRORS) is None:  # nearly always
        return urls
    names = {name for one in made.line_of_descent() for name in one.names}
    for name in sorted(names):
        if name.endswith(_PATH) and (path := _value(made, name, machine)):
            mirrors = _texts(made, _MIRRORS, machine)
            urls = tuple(f"{one.rstrip('/')}/{path}" for one in mirrors)
    return urls


def _value(made: Class, name: str, machine: Machine) -> Value:
    try:
        return class_attribute(made, name, machine)
    except CannotRead:
        return None


def _texts(made: Class, name: str, machine: Machine) -> tuple[str, ...]:
    value = _value(made, name, machine)
    if not isinstance(value, (list, tuple)):
        return ()
    return tuple(one for one in value if type(one) is str)
