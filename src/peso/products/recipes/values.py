"""What an expression in a recipe may be worth, beside plain Python values.

Plain values are text, numbers, booleans, None, tuples, lists, dicts and sets. The rest is here:
what is not known and why, functions and classes of recipes, and what stands for something outside.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from peso.products.recipes.methods import body_of
from peso.products.recipes.record import VariantValue
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.said import Says

if TYPE_CHECKING:
    from peso.products.recipes.machine import Machine

Value = Any
"""Any value an expression may have; recipes are not typed."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value nobody knows, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Outside:
    """Something of Spack, Python or another library, by its full name."""

    name: str


@dataclass(frozen=True, slots=True)
class VersionText:
    """What `Version("1.2")` makes; it can be shortened, and compared where it is all numbers."""

    text: str

    def key(self) -> tuple[int, ...]:
        """Return what orders it; raises `CannotRead` where words have a say in that."""
        parts = self.text.replace("-", ".").replace("_", ".").split(".")
        if not all(part.isdecimal() and len(part) < LONGEST_NUMBER for part in parts):
            raise CannotRead(f"it compares the version {self.text!r}")
        return tuple(int(part) for part in parts)


LONGEST_NUMBER = 20


@dataclass(frozen=True, slots=True)
class SpecText:
    """What `Spec("name@1.2")` makes."""

    text: str


@dataclass(frozen=True, slots=True)
class Method:
    """A method of a plain value."""

    of: Value
    name: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function of a recipe, with where it was defined."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    bound: Value = None
    """The class it is called on, for a class method."""

    @property
    def name(self) -> str:
        """Its name; `lambda` for one without."""
        return getattr(self.node, "name", "lambda")

    def statements(self) -> list[ast.stmt]:
        """Return its body, parsed now where that was put off; raises `CannotRead`."""
        if isinstance(self.node, ast.Lambda):
            return [ast.Expr(self.node.body)]
        return body_of(self.node)


@dataclass(frozen=True, slots=True)
class Computed:
    """A class attribute that a function computes from the class (`classproperty`)."""

    function: Function


class Conditional(list[VariantValue]):
    """Values of a variant that hold under a condition."""


@dataclass(frozen=True, slots=True)
class Sets:
    """Values of a variant of which those of one set go together."""

    sets: tuple[tuple[Value, ...], ...]
    default: Value = None


@dataclass(slots=True, eq=False)
class Declared:
    """A directive as it was called, and what it says."""

    kind: str
    says: Says
    given: tuple[str, dict[str, Value]] | None = None
    """For a version: its number, and the arguments it was declared with."""


@dataclass(slots=True, eq=False)
class Class:
    """A class of a recipe or a base class."""

    name: str
    module: str
    """The file it is in, relative to its repository."""
    line: int
    bases: list[Class] = field(default_factory=list)
    names: dict[str, Value] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    """Where its functions and attributes are written."""
    declared: dict[str, list[Declared]] = field(default_factory=dict)
    description: str = ""

    _descent: tuple[Class, ...] = ()
    _merged: dict[str, list[Declared]] = field(default_factory=dict)
    _kinds: frozenset[str] | None = None
    _said: dict[str, dict[str, list[Value]]] = field(default_factory=dict)
    _owners: dict[str, Class | None] = field(default_factory=dict)
    _tests: tuple[tuple[str, Function], ...] | None = None

    def take_in(self, declared: Declared) -> None:
        """Add a directive while the class is read."""
        if declared.kind in self.declared:
            self.declared[declared.kind].append(declared)
        else:
            self.declared[declared.kind] = [declared]

    def line_of_descent(self) -> tuple[Class, ...]:
        """Return this class and all it inherits from, in the order attributes are looked up."""
        if not self._descent:
            self._descent = self._linear()
        return self._descent

    def owner(self, name: str) -> Class | None:
        """Return the first in the line of descent that has an attribute; None where none has."""
        if name in self.names:
            return self
        if len(self.bases) != 1:
            return next((one for one in self.line_of_descent() if name in one.names), None)
        return self.bases[0].known_owner(name)

    def known_owner(self, name: str) -> Class | None:
        """Return the same, and keep it: for a base class, which is asked for many a recipe.

        Only for a class that has been read to its end.
        """
        if name not in self._owners:
            self._owners[name] = self.owner(name)
        return self._owners[name]

    def tests(self) -> tuple[tuple[str, Function], ...]:
        """Return its own functions whose name begins with `test_`, with their names.

        Only for a class that has been read to its end.
        """
        if self._tests is None:
            self._tests = tuple(
                (name, value)
                for name, value in self.names.items()
                if name.startswith("test_") and type(value) is Function
            )
        return self._tests

    def _linear(self) -> tuple[Class, ...]:
        if not self.bases:
            return (self,)
        rows = [[*base.line_of_descent()] for base in self.bases] + [[*self.bases]]
        found: list[Class] = [self]
        while rows := [row for row in rows if row]:
            for row in rows:
                if not any(row[0] in other[1:] for other in rows):
                    break
            else:
                row = rows[0]  # Python would refuse such a class; any order will do
            first = row[0]
            found.append(first)
            rows = [[one for one in other if one is not first] for other in rows]
        return tuple(found)

    def kinds(self) -> frozenset[str]:
        """Return which directives this class and those it inherits from use."""
        if self._kinds is None:
            own = frozenset(self.declared)
            self._kinds = own.union(*(base.kinds() for base in self.bases))
        return self._kinds

    def said(self, kind: str) -> dict[str, list[Value]]:
        """Return what directives of a kind say, inherited ones too, by the fields of a recipe.

        Only for a class that has been read to its end; nobody may change what it returns.
        """
        found = self._said.get(kind)
        if found is None:
            found = self._said[kind] = self._all_said(kind)
        return found

    def _all_said(self, kind: str) -> dict[str, list[Value]]:
        own = self.declared.get(kind, [])
        if len(self.bases) == 1:  # nearly always: what the base class says is known already
            inherited = self.bases[0].said(kind)
            if not own:
                return inherited
            found = {field: [*several] for field, several in inherited.items()}
        else:
            found, own = {}, self.all_declared(kind)
        for declared in own:
            for name, one in declared.says:
                if name in found:
                    found[name].append(one)
                else:
                    found[name] = [one]
        return found

    def all_declared(self, kind: str) -> list[Declared]:
        """Return the directives of a kind with the inherited ones, in the order Spack has them.

        Only for a class that has been read to its end.
        """
        known = self._merged.get(kind)
        if known is None:
            merged: dict[Declared, None] = {}
            for base in reversed(self.bases):
                merged.update(dict.fromkeys(base.all_declared(kind)))
            known = self._merged[kind] = [*merged, *self.declared.get(kind, ())]
        return known

    def let_go(self) -> None:
        """Break the circles that keep this class, once nobody asks it anything more."""
        self._descent, self._tests = (), None
        for one in (self.names, self.declared, self._merged, self._said, self._owners):
            one.clear()


@dataclass(frozen=True, slots=True)
class LateClass:
    """A class that is read when somebody needs it."""

    node: ast.ClassDef
    scope: Scope


@dataclass(frozen=True, slots=True)
class LateImport:
    """A name of another file, read when somebody needs it; `name` empty: the module itself."""

    module: str
    """Dotted, absolute."""
    name: str


@dataclass(slots=True, eq=False)
class Module:
    """A Python file of a repository, as far as it has been read."""

    file: str
    """Relative to its repository."""
    key: tuple[int, str]
    """The repository's number, and the file."""
    package: str
    """The dotted package that relative imports start from."""
    api: tuple[int, int]
    """Of the repository's Package API."""
    machine: Machine
    names: dict[str, Value] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    """Dotted modules all of whose names are imported."""
    imports: list[Module] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Dotted modules that no repository has."""


@dataclass(slots=True, eq=False)
class Scope:
    """Names and what they are worth."""

    names: dict[str, Value]
    module: Module
    parent: Scope | None = None
    of_class: Class | None = None
    function: bool = False
