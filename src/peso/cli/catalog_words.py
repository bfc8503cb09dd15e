"""Words for the catalog: what a person reads of recipes, searches and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from peso.api.catalog import Indexed
    from peso.products.recipes.answers import CatalogStats, Hit
    from peso.products.recipes.record import Dependency, Recipe, Unreadable, Variant, Version

_SHOWN = 12
"""So many versions are shown; the rest is counted."""


def _indexed(done: Indexed) -> str:
    gone = f", {done.gone} gone" if done.gone else ""
    wrong = f", {done.unreadable} unreadable" if done.unreadable else ""
    counts = f"{done.recipes} recipes: {done.read} read, {done.kept} as before{gone}{wrong}"
    return "\n".join([*done.repositories, f"  {counts} ({done.seconds:.2f} s)"])


def _hit(found: Hit) -> str:
    return f"{found.name:<28} {found.description}".rstrip()


def _unreadable(recipe: Unreadable) -> str:
    return f"{recipe.name} cannot be read: {recipe.reason}\n  {recipe.repository}/{recipe.path}"


def _recipe(recipe: Recipe) -> str:
    return "\n".join(
        [
            f"{recipe.name} ({recipe.namespace})",
            *_indented(recipe.description.strip().splitlines()[:4]),
            *_facts(recipe),
            *_part("versions", _versions(recipe.versions)),
            *_part("variants", (_variant(one) for one in recipe.variants)),
            *_part("depends on", (_dependency(one) for one in recipe.dependencies)),
            *_part(
                "provides",
                (f"{' and '.join(one.specs)}{_when(one.when)}" for one in recipe.provided),
            ),
            *_part(
                "conflicts",
                (f"{one.spec}{_when(one.when)}" for one in recipe.conflicts if not one.file),
            ),
            *_part(
                "not known",
                (f"{one.directive}, line {one.line}: {one.reason}" for one in recipe.unread),
            ),
        ]
    )


def _facts(recipe: Recipe) -> Iterator[str]:
    licenses = "; ".join(f"{one.expression}{_when(one.when)}" for one in recipe.licenses)
    tests = ", ".join(one.name for one in recipe.tests if not one.file)
    for what, said in (
        ("homepage", recipe.homepage),
        ("license", licenses or "not said"),
        ("maintainers", ", ".join(recipe.maintainers) or "none"),
        ("tests", tests or "none of its own"),
        ("tags", ", ".join(recipe.tags)),
        ("inherits", ", ".join(recipe.bases)),
        ("recipe", f"{recipe.repository}/{recipe.path}"),
    ):
        if said:
            yield f"  {what:<12} {said}"


def _versions(versions: Iterable[Version]) -> Iterator[str]:
    several = list(versions)
    for one in several[:_SHOWN]:
        marks = [
            *(["preferred"] if one.preferred else []),
            *(["deprecated"] if one.deprecated else []),
            *([] if one.proven else [(one.branch and f"branch {one.branch}") or "no checksum"]),
        ]
        yield f"{one.number:<16} {', '.join(marks)}".rstrip()
    if len(several) > _SHOWN:
        yield f"and {len(several) - _SHOWN} more"


def _variant(one: Variant) -> str:
    values = [_value(value.value) for value in one.values]
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    listed = f"of {','.join(values[:_SHOWN])}{more}" if values else _accepted(one.accepts)
    return f"{one.name:<20} {_value(one.default):<10} {listed}{_when(one.when)}{_from(one.file)}"


def _value(value: str | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else value


def _accepted(accepts: str) -> str:
    said = {"*": "any text", "int": "any whole number"}
    return said.get(accepts, "as a function of the recipe decides")


def _dependency(one: Dependency) -> str:
    return f"{one.spec:<28} {','.join(one.types)}{_when(one.when)}{_from(one.file)}"


def _when(conditions: tuple[str, ...]) -> str:
    return f" when {' and '.join(dict.fromkeys(conditions))}" if conditions else ""


def _from(file: str) -> str:
    return f"  [{file}]" if file else ""


def _part(name: str, lines: Iterable[str]) -> list[str]:
    several = list(lines)
    return [f"  {name}", *(f"    {line}" for line in several)] if several else []


def _indented(lines: Iterable[str]) -> list[str]:
    return [f"  {line.strip()}" for line in lines]


def _stats(stats: CatalogStats) -> str:
    def share(count: int) -> str:
        return f"{count} ({100 * count / stats.recipes:.1f} %)" if stats.recipes else "0"

    return "\n".join(
        [
            *(
                f"{one.label} ({one.namespace}): {one.recipes} recipes"
                for one in stats.repositories
            ),
            f"  recipes       {stats.recipes}, unreadable {stats.unreadable}",
            f"  versions      {stats.versions}, deprecated {stats.deprecated}",
            f"  unproven      {stats.unproven} versions without checksum or commit",
            f"  variants      {stats.variants}",
            f"  dependencies  {stats.dependencies}",
            f"  conflicts     {stats.conflicts}",
            f"  patches       {stats.patches}",
            f"  virtual       {stats.virtuals} packages are provided by others",
            f"  license       {share(stats.licensed)} say theirs",
            f"  maintainers   {share(stats.maintained)} name one",
            f"  tests         {share(stats.tested)} have a stand-alone test of their own",
            f"  not known     {stats.unread} things in {share(stats.with_unread)}",
        ]
    )


CATALOG_WORDS: dict[str, Callable[[Any], str]] = {
    "CatalogStats": _stats,
    "Hit": _hit,
    "Indexed": _indexed,
    "Recipe": _recipe,
    "Unreadable": _unreadable,
}
