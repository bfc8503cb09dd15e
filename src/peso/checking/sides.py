"""Gathers the sides that are reconciled: products, what stacks ask for, recipes.

1. A stack is one of E4S's where a folder of its path in the workspace begins with `e4s`.
2. A root counts with the dependencies it names (`^hdf5@1.14`); of a matrix, each spec once. So does
   what `packages:` requires for another package (`mpi: require: mpich`).
3. A recipe repository that cannot be opened is a fault, and recipes are then not compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from peso.base.yamls import load, parse_data
from peso.errors import BadInput
from peso.products.catalogs.portfolio import FOLDER
from peso.products.environments.record import Environment, Strength
from peso.products.lint.specs import Specs, bare
from peso.products.product import Product
from peso.products.recipes.catalog import Catalog
from peso.products.recipes.record import Recipe
from peso.products.reconcile.record import ProductFile, Use
from peso.products.spec.spec import Spec
from peso.products.spec.text import format_spec
from peso.products.stack_forms import StackForm

_E4S = re.compile(r"^e4s", re.IGNORECASE)


class Shelf:
    """The recipes of a workspace, each read once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._names = frozenset(catalog.names())
        self._virtuals = catalog.virtuals()
        self._found: dict[str, Recipe | None] = {}
        self.unreadable: dict[str, str] = {}
        """Recipes that were asked for and cannot be read, and why."""

    def names(self) -> tuple[str, ...]:
        """Return the names of all packages."""
        return tuple(sorted(self._names))

    def virtuals(self) -> tuple[str, ...]:
        """Return the names of the virtual packages that some recipe provides."""
        return self._virtuals

    def find(self, name: str) -> Recipe | None:
        """Return a recipe; None where there is none, or it cannot be read."""
        if name not in self._names:
            return None
        if name not in self._found:
            recipe = self._catalog.recipe(name)
            if isinstance(recipe, Recipe):
                self._found[name] = recipe
            else:
                self._found[name] = None
                self.unreadable[name] = recipe.reason
        return self._found[name]

    def tagged(self, tag: str) -> tuple[str, ...]:
        """Return the packages with a tag."""
        hits = (self.find(hit.name) for hit in self._catalog.search(tag))
        return tuple(sorted(one.name for one in hits if one is not None and tag in one.tags))


def product_files(root: Path) -> tuple[ProductFile, ...]:
    """Return the products of a workspace with their lines; a file that is none is left out."""
    found: list[ProductFile] = []
    for file in sorted((root / FOLDER).glob("*.yaml")):
        try:
            data, positions = load(file)
            product = parse_data(Product, data, positions)
        except BadInput:
            continue  # `files.py` says what is wrong with it
        lines = {str(steps[0]): at[0] for steps, at in positions.keys.items() if len(steps) == 1}
        inside = str(file.relative_to(root))
        found.append(ProductFile(file=inside, product=product, lines=lines))
    return tuple(found)


def uses_of(root: Path, forms: tuple[StackForm, ...]) -> tuple[Use, ...]:
    """Return the packages that stacks name."""
    specs = Specs()
    return tuple(
        replace(use, where=_inside(use.where, root))
        for form in forms
        for part in form.environments
        for use in _uses(part.environment, stack_name(root, form), specs, e4s=is_e4s(root, form))
    )


def stack_name(root: Path, form: StackForm) -> str:
    """Return what a stack is called: its folder in the workspace."""
    folder = form.file.absolute().parent
    inside = folder.relative_to(root) if folder.is_relative_to(root) else folder
    return str(inside) if inside.parts else folder.name


def is_e4s(root: Path, form: StackForm) -> bool:
    """Say whether a stack is one of E4S's."""
    return any(_E4S.match(one) for one in Path(stack_name(root, form)).parts)


def _uses(environment: Environment, stack: str, specs: Specs, *, e4s: bool) -> Iterator[Use]:
    seen: set[str] = set()
    for root in environment.roots:
        spec = specs.spec(root.spec)
        if spec is None or root.spec in seen:
            continue
        seen.add(root.spec)
        for node in spec.walk():
            if node.name:
                use = _use(environment, node, stack, str(root.place))
                yield replace(use, root=node is spec, e4s=e4s)
    for settings in environment.packages:
        for rule in settings.rules if settings.name.value != "all" else ():
            for text in rule.specs if rule.strength is Strength.REQUIRE else ():
                spec = specs.spec(text.value)
                if spec is not None and spec.name not in {"", settings.name.value}:
                    yield replace(_use(environment, spec, stack, str(text.place)), e4s=e4s)


def _use(environment: Environment, node: Spec, stack: str, where: str) -> Use:
    settings = environment.settings(node.name)
    return Use(
        package=node.name,
        spec=format_spec(bare(node)),
        stack=stack,
        where=where,
        root=False,
        external=bool(settings and settings.externals),
    )


def _inside(where: str, root: Path) -> str:
    return where.removeprefix(f"{root}/")
