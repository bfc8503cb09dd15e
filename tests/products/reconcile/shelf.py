"""Recipes and products by hand, for the tests of reconciliation."""

from __future__ import annotations

from collections.abc import Sequence

from peso.base.finding import Unknown
from peso.products.product import Link, Product
from peso.products.recipes.record import License, Recipe, StandaloneTest, Unread, Version
from peso.products.reconcile.record import ProductFile, Use


def recipe(
    name: str,
    *,
    licenses: Sequence[str] = ("MIT",),
    maintainers: tuple[str, ...] = ("ada",),
    tested: bool = True,
    tags: tuple[str, ...] = (),
    versions: Sequence[str] = ("1.0",),
    deprecated: Sequence[str] = (),
    homepage: str = "",
    git: str = "",
    unread: tuple[Unread, ...] = (),
) -> Recipe:
    """Return a recipe with nothing to complain of, but for what is asked."""
    return Recipe(
        name=name,
        namespace="house",
        repository="/house",
        path=f"packages/{name}/package.py",
        digest="",
        class_name=name.title(),
        line=7,
        homepage=homepage,
        git=git,
        maintainers=maintainers,
        tags=tags,
        versions=tuple(
            Version(number=one, line=9, deprecated=one in deprecated)
            for one in (*versions, *deprecated)
        ),
        licenses=tuple(License(expression=one, line=8) for one in licenses),
        tests=(StandaloneTest(name="test_it", line=20),) if tested else (),
        unread=unread,
    )


class Shelf:
    """Recipes by hand, as the port wants them."""

    def __init__(self, *several: Recipe, virtuals: tuple[str, ...] = ()) -> None:
        self._several = {one.name: one for one in several}
        self._virtuals = virtuals

    def names(self) -> tuple[str, ...]:
        return tuple(self._several)

    def virtuals(self) -> tuple[str, ...]:
        return self._virtuals

    def find(self, name: str) -> Recipe | None:
        return self._several.get(name)

    def tagged(self, tag: str) -> tuple[str, ...]:
        return tuple(name for name, one in self._several.items() if tag in one.tags)


def product(
    name: str,
    *,
    spack: tuple[str, ...] = (),
    e4s: tuple[str, ...] = (),
    license: str | Unknown = "MIT",  # noqa: A002 - the field's name
    links: tuple[tuple[str, str], ...] = (),
) -> ProductFile:
    """Return a product's file; each field is on a line of its own."""
    said = Product(
        name=name,
        spack=spack,
        e4s=e4s,
        license=license,
        links=tuple(Link(label=label, url=url) for label, url in links),
    )
    lines = {"name": 2, "spack": 3, "e4s": 4, "license": 5, "links": 6}
    return ProductFile(file=f"products/{name.lower()}.yaml", product=said, lines=lines)


def use(
    package: str, spec: str = "", *, stack: str = "stacks/s", e4s: bool = False, root: bool = True
) -> Use:
    """Return a package that a stack names."""
    return Use(
        package=package,
        spec=spec or package,
        stack=stack,
        where=f"{stack}/spack.yaml:3:5",
        e4s=e4s,
        root=root,
    )
