"""Recipes into the store: all of the catalog, of which only what changed is written.

Where several workspaces have a recipe of one name, that of the workspace which was taken in first
is shown. When that one no longer has it, it is handed to another that has, which writes its own
with its next ingest; it goes only where none has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

import msgspec
from django.db import transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from peso.base.digest import sha256_bytes
from peso.portal.ingest.facts import cut
from peso.portal.ingest.rows import storable
from peso.portal.ingest.taken import Taken
from peso.portal.store.generation import changed
from peso.portal.store.models import (
    Recipe,
    RecipeDependency,
    RecipeProvided,
    RecipeVersion,
    Workspace,
)
from peso.products.recipes.naming import spec_name
from peso.products.recipes.record import Recipe as RecipeRead
from peso.products.recipes.record import Unreadable, Version
from peso.products.spec.versions import parse_version

BATCH: Final = 500


class Recipes(Protocol):
    """What has recipes: a catalog."""

    @property
    def repositories(self) -> tuple[str, ...]:
        """Where they are from."""

    def names(self) -> tuple[str, ...]:
        """Return every name."""

    def find(self, name: str, *, of_many: bool = False) -> RecipeRead | Unreadable | None:
        """Return one of them."""


def take_recipes(catalog: Recipes, workspace: str) -> list[Taken]:
    """Take in every recipe of a workspace's catalog; what it no longer has goes, if none has it."""
    rows = Recipe.objects.values_list("name", "digest", "workspace")
    known = {name: digest for name, digest, owner in rows if owner in {"", workspace}}
    others = {name for name, _, owner in rows if owner not in {"", workspace}}
    names = set(catalog.names())
    fresh: list[tuple[RecipeRead | Unreadable, bytes, str]] = []
    written = 0
    for name in sorted(names - others):
        read = catalog.find(name, of_many=True)
        if read is None:
            continue
        data = msgspec.json.encode(read)
        digest = sha256_bytes(data)
        if known.get(name) != digest:
            fresh.append((read, data, digest))
        if len(fresh) >= BATCH:
            written += _write(fresh, workspace)
            fresh = []
    written += _write(fresh, workspace)
    gone = set(known) - names
    with transaction.atomic():
        Workspace.objects.update_or_create(name=workspace, defaults={"recipes": sorted(names)})
        left = gone - _handed_over(gone, workspace)
        for start in range(0, len(left), BATCH):
            Recipe.objects.filter(name__in=sorted(left)[start : start + BATCH]).delete()
        # Looked at every time: an ingest that was killed had written recipes, and not counted.
        if _count_dependents() or gone:
            changed()
    state = "taken" if written or gone else "unchanged"
    place = ", ".join(one.rpartition("/")[2] for one in catalog.repositories)
    return [Taken(kind="recipes", place=place, state=state, rows=written)]


def _handed_over(gone: set[str], workspace: str) -> set[str]:
    """Hand recipes to the others that have them, to be written anew; returns which."""
    given: set[str] = set()
    for other in Workspace.objects.exclude(name=workspace).order_by("name"):
        has = sorted((gone - given).intersection(other.recipes))
        for start in range(0, len(has), BATCH):
            rows = Recipe.objects.filter(name__in=has[start : start + BATCH])
            rows.update(workspace=other.name, digest="")
        given.update(has)
    return given


@transaction.atomic
def _write(several: list[tuple[RecipeRead | Unreadable, bytes, str]], workspace: str) -> int:
    if not several:
        return 0
    changed()
    rows = storable(_row(read, msgspec.json.decode(data), digest) for read, data, digest in several)
    for row in rows:
        row.workspace = workspace
    fields = [one.name for one in Recipe._meta.concrete_fields if one.name not in {"id", "name"}]  # noqa: SLF001 - Django's public _meta
    Recipe.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=("name",), update_fields=fields
    )
    ids = dict(Recipe.objects.filter(name__in=[one.name for one in rows]).values_list("name", "id"))
    RecipeVersion.objects.filter(recipe__in=ids.values()).delete()
    RecipeDependency.objects.filter(recipe__in=ids.values()).delete()
    RecipeProvided.objects.filter(recipe__in=ids.values()).delete()
    whole = [read for read, _, _ in several if isinstance(read, RecipeRead)]
    RecipeVersion.objects.bulk_create(
        storable(row for one in whole for row in _versions(one, ids[one.name])), batch_size=BATCH
    )
    RecipeDependency.objects.bulk_create(
        storable(row for one in whole for row in _needs(one, ids[one.name])), batch_size=BATCH
    )
    RecipeProvided.objects.bulk_create(
        storable(row for one in whole for row in _provided(one, ids[one.name])), batch_size=BATCH
    )
    return len(rows)


def _row(read: RecipeRead | Unreadable, data: Any, digest: str) -> Recipe:  # noqa: ANN401 - JSON
    if isinstance(read, Unreadable):
        return Recipe(
            name=read.name,
            namespace=read.namespace,
            readable=False,
            reason=read.reason,
            words=read.name.casefold(),
            digest=digest,
            data=data,
        )
    ordered = _ordered(read.versions)
    data["repository"] = read.repository.rpartition("/")[2]  # never a path of this machine
    words = (read.name, *read.tags, *read.maintainers, read.description)
    return Recipe(
        name=read.name,
        namespace=read.namespace,
        version=cut(ordered[0].number, 100) if ordered else "",
        description=read.description,
        homepage=cut(read.homepage, 1000),
        license=cut(" AND ".join(dict.fromkeys(one.expression for one in read.licenses)), 300),
        versions=len(read.versions),
        variants=len(read.variants),
        maintained=bool(read.maintainers),
        tested=bool(read.tests),
        tags=list(read.tags),
        words=" ".join(words).casefold(),
        digest=digest,
        data=data,
    )


def _ordered(versions: tuple[Version, ...]) -> list[Version]:
    """Return versions as Spack would prefer them: the preferred one, then the newest release."""

    def place(one: Version) -> tuple[object, ...]:
        order = parse_version(one.number)
        steady = not (order.endless or order.prerelease)
        return one.preferred, not one.deprecated, steady, order.known, order.rank

    return sorted(versions, key=place, reverse=True)


def _versions(read: RecipeRead, recipe: int) -> Iterator[RecipeVersion]:
    for order, one in enumerate(_ordered(read.versions)):
        yield RecipeVersion(
            recipe_id=recipe,
            number=cut(one.number),
            order=order,
            preferred=one.preferred,
            deprecated=one.deprecated,
            proven=bool(one.checksum or one.commit),
        )


def _needs(read: RecipeRead, recipe: int) -> Iterator[RecipeDependency]:
    by: dict[str, tuple[dict[str, None], list[str]]] = {}
    for one in read.dependencies:
        types, conditions = by.setdefault(one.name, ({}, []))
        types.update(dict.fromkeys(one.types))
        conditions.append(" and ".join(one.when))
    for name, (types, conditions) in by.items():
        yield RecipeDependency(
            recipe_id=recipe,
            name=cut(name),
            types=",".join(one for one in ("build", "link", "run", "test") if one in types),
            always="" in conditions,
            when="\n".join(one for one in dict.fromkeys(conditions) if one),
        )


def _provided(read: RecipeRead, recipe: int) -> Iterator[RecipeProvided]:
    by: dict[str, tuple[dict[str, None], list[str]]] = {}
    for one in read.provided:
        for name in one.names:
            specs, conditions = by.setdefault(name, ({}, []))
            specs.update(dict.fromkeys(spec for spec in one.specs if spec_name(spec) == name))
            conditions.append(" and ".join(one.when))
    for name, (specs, conditions) in by.items():
        yield RecipeProvided(
            recipe_id=recipe,
            name=cut(name),
            specs="\n".join(specs),
            always="" in conditions,
            when="\n".join(one for one in dict.fromkeys(conditions) if one),
        )


def _count_dependents() -> int:
    """Count who names each recipe; returns how many counts were another."""
    counted = (
        RecipeDependency.objects.filter(name=OuterRef("name"))
        .order_by()
        .values("name")
        .annotate(n=Count("id"))
        .values("n")
    )
    right = Coalesce(Subquery(counted), 0)
    return Recipe.objects.exclude(dependents=right).update(dependents=right)
