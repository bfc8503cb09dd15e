"""What recipes use of Spack, Python and its library, as far as it can be known without running it.

1. `attribute_outside` answers for constants: `sys.platform`, `os.sep`; for the host asked for.
2. `call_outside` does what a short list of functions do, each bounded; any other is `CannotRead`.
3. Nothing of this process is looked at: no environment, no file, no clock.

Facts: Spack's `package.py` and `variant.py`; Python's own documentation.
"""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Callable
from functools import lru_cache, partial
from operator import attrgetter
from typing import Final

from peso.products.recipes.arguments import conditions
from peso.products.recipes.host import Host
from peso.products.recipes.machine import LONGEST, Machine
from peso.products.recipes.operations import as_text, copied, members_of, truth, weigh
from peso.products.recipes.patterns import compiled, search
from peso.products.recipes.record import VariantValue
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.values import (
    Computed,
    Conditional,
    Function,
    Outside,
    Sets,
    SpecText,
    Unknown,
    Value,
    VersionText,
)

Known = Callable[[list[Value], dict[str, Value], Machine], Value]
_CONSTANTS: Final[dict[str, Value]] = {
    "os.sep": "/",
    "os.linesep": "\n",
    "os.pathsep": ":",
    "os.name": "posix",
    "os.curdir": ".",
    "os.pardir": "..",
    "string.ascii_lowercase": "abcdefghijklmnopqrstuvwxyz",
    "string.digits": "0123456789",
}

_HOST: Final = "spack.host"
_OF_HOST: Final[dict[str, Callable[[Host], str]]] = {
    "sys.platform": attrgetter("platform"),
    "sys.byteorder": attrgetter("byteorder"),
    f"{_HOST}.name": attrgetter("platform"),
    f"{_HOST}.default_os": attrgetter("os"),
}


def is_spack(name: str) -> bool:
    """Say whether a dotted name is of Spack itself."""
    return name == "spack" or (name.startswith("spack.") and not name.startswith("spack.pkg."))


def attribute_outside(of: Outside, name: str, machine: Machine) -> Value:
    """Return an attribute of something outside."""
    whole = f"{of.name}.{name}"
    if of_host := _OF_HOST.get(whole):
        return of_host(machine.host) or Outside(whole)
    return _CONSTANTS.get(whole) or Outside(whole)


def call_outside(name: str, args: list[Value], kwargs: dict[str, Value], machine: Machine) -> Value:
    """Call a function outside, if it is one that is known here."""
    known = _known(name)
    if known is None:
        raise CannotRead(f"it calls {name.removeprefix('builtins.')}")
    return known(args, kwargs, machine)


@lru_cache(maxsize=256)
def _known(name: str) -> Known | None:
    key = f"spack.{name.rpartition('.')[2]}" if is_spack(name) else name
    return _FUNCTIONS.get(key)


def _conditional(args: list[Value], kwargs: dict[str, Value], _machine: Machine) -> Value:
    when = conditions((), kwargs.get("when"))
    found: list[VariantValue] = []
    for one in args:
        if type(one) not in {str, bool, int}:
            raise CannotRead("a conditional value is neither text nor a boolean")
        value = str(one) if type(one) is int else one
        found.append(VariantValue(value=value, when=when or (), never=when is None))
    return Conditional(found)


def _one_or_any(first: str) -> Known:
    def known(args: list[Value], _kwargs: dict[str, Value], _machine: Machine) -> Value:
        return Sets(((first,), _flat(args)), first)

    return known


def _flat(values: Value) -> tuple[Value, ...]:
    if not isinstance(values, (list, tuple, set)):
        raise CannotRead(f"a set of values is {type(values).__name__}")
    found: list[Value] = []
    for one in values:
        found.extend(one) if type(one) is Conditional else found.append(one)
    return tuple(found)


def _disjoint_sets(args: list[Value], _kwargs: dict[str, Value], _machine: Machine) -> Value:
    sets = tuple(_flat(one) for one in args)
    return Sets(sets if ("none",) in sets else (("none",), *sets), "none")


def sets_method(of: Sets, name: str, args: list[Value]) -> Value:
    """Call a method of disjoint sets."""
    none = ("none",)
    if name == "with_default" and args:
        return Sets(of.sets, args[0])
    if name in {"with_error", "with_non_feature_values"}:
        return of
    if name == "allow_empty_set":  # a new object, without the default, as in Spack
        return of if none in of.sets else Sets((none, *of.sets))
    if name == "prohibit_empty_set":
        return Sets(tuple(one for one in of.sets if one != none)) if none in of.sets else of
    raise CannotRead(f"it calls {name} of a variant's values")


def _paths(done: Callable[..., Value]) -> Known:
    def known(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
        if not all(type(one) is str for one in args):
            raise CannotRead("a part of a path is no text")
        machine.text(sum(len(one) + 1 for one in args))
        return done(*args)

    return known


def _made(made: Callable[..., Value]) -> Known:
    def known(args: list[Value], kwargs: dict[str, Value], machine: Machine) -> Value:
        if made is dict and args and isinstance(args[0], dict):
            return {**args[0], **kwargs}
        if len(args) > 1:
            raise CannotRead(f"it makes {made.__name__} of several things", raised="TypeError")
        members = members_of(args[0], machine) if args else []
        if made is not list and made is not tuple:
            weigh(members, machine)
        return made(members, **kwargs)

    return known


def _zip(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
    return list(zip(*(members_of(one, machine) for one in args), strict=False))


def _enumerate(args: list[Value], kwargs: dict[str, Value], machine: Machine) -> Value:
    start: Value = kwargs.get("start", args[1] if len(args) > 1 else 0)
    return list(enumerate(members_of(args[0], machine), start))


def _range(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
    if not args or not all(type(one) is int for one in args):
        raise CannotRead("a range is not of numbers")
    numbers = range(*args)
    if not -LONGEST < numbers.start < 1 << 62 or len(numbers[: LONGEST + 1]) > LONGEST:
        raise CannotRead("a range is too long")
    machine.members(len(numbers))
    return list(numbers)


def _sorted(args: list[Value], kwargs: dict[str, Value], machine: Machine) -> Value:
    members = members_of(args[0], machine)
    weigh(members, machine)
    machine.spend(len(members))
    key = kwargs.get("key")
    reverse = bool(kwargs.get("reverse", False))
    if key is None:
        return sorted(members, reverse=reverse)
    return sorted(members, key=lambda one: machine.call(key, [one], {}), reverse=reverse)


def _extreme(done: Callable[..., Value]) -> Known:
    def known(args: list[Value], kwargs: dict[str, Value], machine: Machine) -> Value:
        if kwargs:
            raise CannotRead(f"it calls {done.__name__} with options")
        members = members_of(args[0], machine) if len(args) == 1 else args
        weigh(members, machine)
        return done(members)

    return known


def _type(args: list[Value], _kwargs: dict[str, Value], _machine: Machine) -> Value:
    return Outside(f"builtins.{type(args[0]).__name__}")


def _text_value(made: Callable[[str], Value]) -> Known:
    def known(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
        if len(args) == 1 and type(args[0]) is made:
            return args[0]
        return made(as_text(args[0], machine))

    return known


def _one_text(args: list[Value]) -> str:
    if len(args) != 1 or type(args[0]) is not str:
        raise CannotRead("a regular expression is no text")
    return args[0]


def _environment(args: list[Value], _kwargs: dict[str, Value], _machine: Machine) -> Value:
    return args[1] if len(args) > 1 else None


def _copy(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
    return copied(args[0], machine)


def _whether(wanted: bool) -> Known:  # noqa: FBT001 - any or all
    def known(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
        for one in members_of(args[0], machine):
            if truth(one, machine) is wanted:
                return wanted
        return not wanted

    return known


def _map(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
    function, *several = args
    rows = zip(*(members_of(one, machine) for one in several), strict=False)
    return [machine.call(function, list(row), {}) for row in rows]


def _filter(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
    function, several = args
    return [
        one
        for one in members_of(several, machine)
        if truth(one if function is None else machine.call(function, [one], {}), machine)
    ]


def _product(args: list[Value], kwargs: dict[str, Value], machine: Machine) -> Value:
    several = [members_of(one, machine) for one in args] * int(kwargs.get("repeat", 1))
    count = 1
    for one in several:
        count *= len(one)
        machine.members(count * len(several))
    return list(itertools.product(*several))


def _chain(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
    return [one for several in args for one in members_of(several, machine)]


def _pairs(done: Callable[..., Value]) -> Known:
    def known(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
        members, length = members_of(args[0], machine), args[1]
        if length not in {1, 2, 3}:
            raise CannotRead("it combines more than three things")
        machine.members(len(members) ** length * length)
        return list(done(members, length))

    return known


def _len(args: list[Value], _kwargs: dict[str, Value], _machine: Machine) -> Value:
    if not isinstance(args[0], (str, list, tuple, dict, set, frozenset)):
        raise CannotRead(f"it asks for the length of {type(args[0]).__name__}")
    return len(args[0])


def _str(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
    return as_text(args[0], machine) if args else ""


def _number(made: Callable[..., Value]) -> Known:
    def known(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
        for one in args:
            if not isinstance(one, (str, int, float)):
                raise CannotRead("it makes a number of something else")
            weigh(one, machine)
        return made(*args)

    return known


def _reversed(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
    return members_of(args[0], machine)[::-1]


def _computed(args: list[Value], _kwargs: dict[str, Value], _machine: Machine) -> Value:
    if len(args) == 1 and type(args[0]) is Function:
        return Computed(args[0])
    return Unknown("it is computed from the class")


def _nothing(_args: list[Value], _kwargs: dict[str, Value], _machine: Machine) -> Value:
    return None


def _isinstance(args: list[Value], _kwargs: dict[str, Value], machine: Machine) -> Value:
    kinds = args[1] if isinstance(args[1], tuple) else (args[1],)
    names = {one.name for one in kinds if type(one) is Outside}
    weigh(args[0], machine)
    if not names <= {f"builtins.{one}" for one in ("str", "list", "tuple", "dict", "int", "bool")}:
        raise CannotRead("it asks for the type of a value")
    return f"builtins.{type(args[0]).__name__}" in names


_FUNCTIONS: Final[dict[str, Known]] = {
    "builtins.abs": _number(abs),
    "builtins.all": _whether(wanted=False),
    "builtins.any": _whether(wanted=True),
    "builtins.bool": lambda args, _kwargs, machine: bool(args) and truth(args[0], machine),
    "builtins.dict": _made(dict),
    "builtins.enumerate": _enumerate,
    "builtins.filter": _filter,
    "builtins.float": _number(float),
    "builtins.frozenset": _made(frozenset),
    "builtins.int": _number(int),
    "builtins.isinstance": _isinstance,
    "builtins.len": _len,
    "builtins.list": _made(list),
    "builtins.map": _map,
    "builtins.max": _extreme(max),
    "builtins.min": _extreme(min),
    "builtins.ord": _number(ord),
    "builtins.chr": _number(chr),
    "builtins.print": _nothing,
    "builtins.range": _range,
    "builtins.reversed": _reversed,
    "builtins.round": _number(round),
    "builtins.set": _made(set),
    "builtins.sorted": _sorted,
    "builtins.str": _str,
    "builtins.sum": _extreme(sum),
    "builtins.tuple": _made(tuple),
    "builtins.type": _type,
    "builtins.zip": _zip,
    "copy.copy": _copy,
    "copy.deepcopy": _copy,
    "itertools.chain": _chain,
    "itertools.combinations": _pairs(itertools.combinations),
    "itertools.permutations": _pairs(itertools.permutations),
    "itertools.product": _product,
    "os.environ.get": _environment,
    "os.getcwd": lambda _args, _kwargs, _machine: "$PWD",
    "os.getenv": _environment,
    "os.path.basename": _paths(posixpath.basename),
    "os.path.dirname": _paths(posixpath.dirname),
    "os.path.exists": lambda _args, _kwargs, _machine: False,
    "os.path.isdir": lambda _args, _kwargs, _machine: False,
    "os.path.isfile": lambda _args, _kwargs, _machine: False,
    "os.path.join": _paths(posixpath.join),
    "os.path.splitext": _paths(posixpath.splitext),
    "platform.machine": lambda _args, _kwargs, machine: machine.host.machine,
    "platform.system": lambda _args, _kwargs, machine: machine.host.system,
    "posixpath.join": _paths(posixpath.join),
    "re.compile": lambda args, _kwargs, _machine: compiled(_one_text(args)),
    "re.fullmatch": partial(search, "fullmatch"),
    "re.match": partial(search, "match"),
    "re.search": partial(search, "search"),
    "spack.Spec": _text_value(SpecText),
    "spack.Version": _text_value(VersionText),
    "spack.any_combination_of": _one_or_any("none"),
    "spack.auto_or_any_combination_of": _one_or_any("auto"),
    "spack.classproperty": _computed,
    "spack.conditional": _conditional,
    "spack.disjoint_sets": _disjoint_sets,
    "spack.debug": _nothing,
    "spack.error": _nothing,
    "spack.filter_compiler_wrappers": _nothing,
    "spack.get": _environment,
    "spack.host_platform": lambda _args, _kwargs, _machine: Outside(_HOST),
    "spack.join_path": _paths(posixpath.join),
    "spack.run_after": _nothing,
    "spack.run_before": _nothing,
    "spack.ver": _text_value(VersionText),
    "spack.warn": _nothing,
    "spack.which": _nothing,
}
