"""Variants: what `variant` and `build_system` say, with values of every kind.

1. Values may be listed, conditional, in disjoint sets, or judged by a function or a type.
2. What holds the values may also give the default and allow several of them, as in Spack.
3. A variant without values whose default is true or false is a boolean one.
"""

from __future__ import annotations

from peso.products.recipes.arguments import LONGEST_LIST, Arguments, kind, texts
from peso.products.recipes.record import Condition, VariantValue
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.said import Fields, Place, Says, at
from peso.products.recipes.values import (
    Class,
    Conditional,
    Function,
    Outside,
    Sets,
    Unknown,
    Value,
)

_BOOLEAN = ({"value": True}, {"value": False})
Values = tuple[tuple[Fields, ...], str, tuple[tuple[str, ...], ...]]
"""The listed values, what accepts others, and the disjoint sets."""


def build_system(given: Arguments, when: Condition, place: Place) -> Says:
    """Return the variant `build_system` that the directive of that name declares."""
    asked = given.known("*")
    values, _, _ = _values(tuple(asked))
    if not values:
        raise CannotRead("it names no build system", raised="IndexError")
    default = given.known("default") or values[0]["value"]
    if type(default) is not str:
        raise CannotRead(f"its default is not text: {kind(default)}")
    fields = {
        **at(place, when),
        "name": "build_system",
        "default": default,
        "values": values,
        "description": "Build systems supported by the package",
    }
    return (("variants", fields),)


def variant(given: Arguments, when: Condition, place: Place) -> Says:
    """Return what the directive `variant` declares."""
    asked, default = given.known("values"), given.known("default")
    values, accepts, sets = _values_or_boolean(asked, default)
    multi = given.flag("multi")
    if type(asked) is Sets:
        multi = True
        default = asked.default if asked.default is not None else default
    if isinstance(default, (tuple, list)):
        default = ",".join(texts(tuple(default), "the default"))
    if type(default) is not bool and isinstance(default, (int, float)):
        default = str(default)
    if type(default) not in {str, bool} or default == "":
        raise CannotRead("it has no default", raised="DirectiveError")
    validator = given.given.get("validator")
    fields = {**at(place, when), "name": given.text("name"), "default": default}
    said = {
        "values": values,
        "accepts": accepts,
        "sets": sets,
        "multi": multi,
        "sticky": given.flag("sticky"),
        "validator": _judge(validator) if validator is not None else "",
        "description": given.soft("description").strip(),
    }
    fields.update({name: value for name, value in said.items() if value})
    return (("variants", fields),)


def _values_or_boolean(asked: Value, default: Value) -> Values:
    if asked is not None:
        return _values(asked)
    if default in (True, False) or (type(default) is str and default.upper() in {"TRUE", "FALSE"}):
        return _BOOLEAN, "", ()
    return (), "*", ()


def _values(asked: Value) -> Values:
    if asked == "*":
        return (), "*", ()
    if isinstance(asked, (Function, Outside, Class)):
        return (), _judge(asked), ()
    if type(asked) is Sets:
        listed = tuple(_value(one) for several in asked.sets for one in several)
        sets = tuple(tuple(str(_bare(one)) for one in several) for several in asked.sets)
        return listed, "", sets
    if isinstance(asked, (str, list, tuple, set, frozenset, dict)) and len(asked) <= LONGEST_LIST:
        found: list[Fields] = []
        for one in sorted(asked, key=str) if isinstance(asked, (set, frozenset)) else asked:
            if type(one) is Conditional:
                found.extend(map(_value, one))
            else:
                found.append(_value(one))
        return tuple(found), "", ()
    raise CannotRead(f"its values are of a kind that cannot be listed: {kind(asked)}")


def _value(one: Value) -> Fields:
    fields: Fields = {"value": _bare(one)}
    if type(one) is VariantValue:
        if one.when:
            fields["when"] = one.when
        if one.never:
            fields["never"] = True
    return fields


def _bare(one: Value) -> str | bool:
    if type(one) is VariantValue:
        return one.value
    if type(one) is Unknown:
        raise CannotRead(one.reason)
    if type(one) in {str, bool}:
        return one  # type: ignore[no-any-return]
    if isinstance(one, (int, float)) or one is None:
        return str(one)
    raise CannotRead(f"one of its values is of a kind that cannot be said: {kind(one)}")


def _judge(value: Value) -> str:
    if isinstance(value, (Function, Class)):
        return value.name
    if type(value) is Outside:
        return value.name.removeprefix("builtins.")
    raise CannotRead(f"what judges its values is no function: {kind(value)}")
