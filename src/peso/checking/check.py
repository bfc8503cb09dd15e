"""Checks a workspace: reads all its files, then reconciles products, recipes and stacks.

What could not be compared is said, and is no pass: it is in `not_compared`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from peso.base.finding import Finding
from peso.checking.files import FilesRead, read_files
from peso.checking.sides import Shelf, is_e4s, product_files, uses_of
from peso.ecosystem import recipe_repositories
from peso.errors import BadInput, Fault
from peso.products.recipes.catalog import Catalog
from peso.products.reconcile.reconcile import reconcile
from peso.products.reconcile.record import Sides
from peso.products.reconcile.rules import in_order
from peso.workspace import Machine, Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What came of checking a workspace."""

    files: tuple[str, ...]
    faults: tuple[Fault, ...] = ()
    findings: tuple[Finding, ...] = ()
    not_compared: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()


def check_workspace(root: Path, machine: Machine) -> Check:
    """Check everything in a workspace; the index of its recipes is kept in its `.peso`.

    Raises:
        Outside: The disk or git failed.
    """
    read = read_files(root, machine.clock().date())
    faults = list(read.faults)
    shelf = _shelf(root, read, machine, faults)
    spack = tuple(one for one in read.stacks if one.environments)
    sides = Sides(
        products=product_files(root),
        uses=uses_of(root, spack),
        recipes=shelf,
        stacks=len(spack),
        e4s_stacks=sum(is_e4s(root, one) for one in spack),
    )
    if not sides.products and not sides.stacks:
        return Check(files=read.files, faults=tuple(faults), findings=in_order(read.findings))
    came = reconcile(sides)
    unreadable = shelf.unreadable.items() if shelf else ()
    return Check(
        files=read.files,
        faults=tuple(faults),
        findings=in_order((*came.findings, *read.findings)),
        not_compared=(
            *came.not_compared,
            *(f"the recipe {name} cannot be read: {why}" for name, why in unreadable),
            *read.doubts,
        ),
        matches=came.matches,
    )


def _shelf(root: Path, read: FilesRead, machine: Machine, faults: list[Fault]) -> Shelf | None:
    if read.settings is None or not read.settings.recipes:
        return None
    workspace = Workspace(root=root, settings=read.settings, machine=machine)
    workspace.prepare()
    try:
        return Shelf(Catalog.open(*recipe_repositories(root), cache=workspace.home / "cache"))
    except BadInput as error:
        where = error.where or "peso.yaml"
        faults.append(Fault(where=where, message=error.message, hint=error.hint))
        return None
