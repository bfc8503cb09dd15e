"""The short way for what nearly all of every recipe is: plain `depends_on` and `version`.

What is not plain is None: then the long way of `directives.py` is gone, which is the one that
counts. Both say the same; here only fewer questions are asked.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from peso.products.recipes.directives import USUAL, types_of
from peso.products.recipes.naming import spec_name
from peso.products.recipes.record import Condition
from peso.products.recipes.said import Place, Says, at
from peso.products.recipes.values import Value

SHORT: Final = 1000
"""Letters; a longer text must be paid for."""
DEFAULT: Final[tuple[str, ...]] = ("build", "link")
_name = lru_cache(maxsize=1 << 14)(spec_name)


def written(
    directive: str, call: ast.Call, names: Mapping[str, Value], around: Condition, file: str
) -> Says | None:
    """Return what a call of constants and texts of a loop says; None where it is not that plain."""
    if len(call.args) != 1 or (text := _text(call.args[0], names)) is None:
        return None
    if directive == "depends_on":
        return _written_dependency(text, call, names, around, file)
    if directive == "version" and len(call.keywords) == 1:
        pair = call.keywords[0]
        if pair.arg == "sha256" and (checksum := _text(pair.value, names)) is not None:
            return version(text, checksum, (call.lineno, file))
    return None


def _written_dependency(
    spec: str, call: ast.Call, names: Mapping[str, Value], around: Condition, file: str
) -> Says | None:
    types = DEFAULT
    for pair in call.keywords:
        if pair.arg == "when":
            if (when := _text(pair.value, names)) is None:
                return None
            if own := when.strip():
                around = (*around, own)
        elif pair.arg == "type":
            if (found := _written_types(pair.value)) is None:
                return None
            types = found
        else:
            return None
    return dependency(spec, types, around, (call.lineno, file))


def _text(node: ast.expr, names: Mapping[str, Value]) -> str | None:
    """Return a constant text, or one put together from short texts that are there by name."""
    kind = type(node)
    if kind is ast.Constant or kind is ast.Name:
        value = node.value if kind is ast.Constant else names.get(node.id)  # type: ignore[attr-defined]
        return value if type(value) is str else None
    if kind is not ast.JoinedStr:
        return None
    parts: list[str] = []
    for one in node.values:  # type: ignore[attr-defined]
        if type(one) is ast.Constant:
            parts.append(str(one.value))
        elif (
            type(inner := one.value) is ast.Name
            and type(value := names.get(inner.id)) is str
            and len(value) < SHORT
            and one.format_spec is None
            and one.conversion == -1
        ):
            parts.append(value)
        else:
            return None
    return "".join(parts)


def dependency(spec: str, types: tuple[str, ...], around: Condition, place: Place) -> Says | None:
    """Return what a plain dependency says; None where its spec names no package."""
    if not (name := _name(spec)):
        return None
    fields = at(place, around)
    fields["name"] = name
    fields["spec"] = spec
    fields["types"] = types
    return (("dependencies", fields),)


def version(number: str, checksum: str, place: Place) -> Says:
    """Return what a version with a sha256 says."""
    fields = at(place)
    fields["number"] = number
    fields["checksum"] = checksum
    fields["checksum_kind"] = "sha256"
    return (("versions", fields),)


def types_written(value: Value) -> tuple[str, ...] | None:
    """Return the types of a dependency as they are usually written; None for any other way."""
    return USUAL.get(value)


def _written_types(said: ast.expr) -> tuple[str, ...] | None:
    if type(said) is ast.Constant:
        return USUAL.get(said.value)
    if type(said) is not ast.Tuple:
        return None
    several = [one.value for one in said.elts if type(one) is ast.Constant]
    return USUAL.get(tuple(several)) if len(several) == len(said.elts) else None


def _depends_on(
    args: list[Value], kwargs: dict[str, Value], around: Condition, place: Place
) -> Says | None:
    if len(args) != 1 or type(spec := args[0]) is not str:
        return None
    types = DEFAULT
    for name, value in kwargs.items():
        if name == "when":
            if type(value) is not str:
                return None
            if own := value.strip():
                around = (*around, own)
        elif name == "type":
            if type(value) is not str and type(value) is not tuple:
                return None
            types = types_of(value)
        else:
            return None
    return dependency(spec, types, around, place)


def _version(
    args: list[Value], kwargs: dict[str, Value], _around: Condition, place: Place
) -> Says | None:
    checksum = kwargs.get("sha256")
    if type(checksum) is not str or len(kwargs) != 1:
        return None
    if len(args) != 1 or type(args[0]) is not str:
        return None
    return version(args[0], checksum, place)


def _license(
    args: list[Value], kwargs: dict[str, Value], around: Condition, place: Place
) -> Says | None:
    checked = kwargs.get("checked_by", "")
    if len(args) != 1 or type(args[0]) is not str or type(checked) is not str:
        return None
    if len(kwargs) > ("checked_by" in kwargs):
        return None
    fields = at(place, around)
    fields["expression"] = args[0]
    if "checked_by" in kwargs:
        fields["checked_by"] = (checked,)
    return (("licenses", fields),)


PLAIN: Final = {"depends_on": _depends_on, "license": _license, "version": _version}
"""What a directive says; None where it is not plain. Each raises `CannotRead`."""
