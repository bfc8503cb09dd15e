"""The portfolio: products and the catalogs they come from."""

from __future__ import annotations

from pathlib import Path

from peso.base.files import locked
from peso.base.finding import Finding, Level
from peso.base.record import Record
from peso.errors import BadInput
from peso.products.catalogs import checking, exporting, importing, portfolio
from peso.products.catalogs.quality import BLOCKS
from peso.products.product import Product
from peso.workspace import Where, Workspace, this_machine, workspace_in


class ProductsChecked(Record):
    """What a check of the products looked at, and what it saw."""

    workspace: str
    files: tuple[str, ...]
    level: Level
    """The level from which a finding blocks."""
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether there is something to look at, and nothing that blocks."""
        return bool(self.files) and not any(one.level.reaches(self.level) for one in self.findings)


def import_products(catalog: str, source: Where, *, folder: Where = ".") -> importing.Imported:
    """Import a catalog into a workspace; what people edited there stays.

    Args:
        catalog: `cass`, the consortium's, or `e4s`.
        source: A checkout of it.
        folder: The workspace.

    Raises:
        BadInput: No such catalog, or nothing of it there.
    """
    workspace = _workspace(folder)
    with locked(workspace.home / "products.lock", who="peso product import"):
        return importing.import_catalog(workspace.root, catalog, Path(source))


def export_products(catalog: str, to: Where, *, folder: Where = ".") -> exporting.Exported:
    """Write a catalog in its own format; what nobody changed is as it came, to the byte.

    Args:
        catalog: `cass`.
        to: A new folder, or a checkout of the catalog.
        folder: The workspace.

    Raises:
        BadInput: PESO does not write that catalog, or it was never imported.
    """
    workspace = _workspace(folder)
    with locked(workspace.home / "products.lock", who="peso product export"):
        return exporting.export_catalog(workspace.root, catalog, Path(to))


def list_products(*, folder: Where = ".") -> tuple[portfolio.Listed, ...]:
    """Return the products of a workspace."""
    return portfolio.list_products(workspace_in(Path(folder), this_machine()).root)


def show_product(name: str, *, folder: Where = ".") -> Product:
    """Return a product, by any of its names; raises BadInput where there is none."""
    return portfolio.find_product(workspace_in(Path(folder), this_machine()).root, name)


def check_products(*, folder: Where = ".", level: str = BLOCKS.value) -> ProductsChecked:
    """Check the products of a workspace and the catalogs they came from.

    Args:
        folder: The workspace.
        level: From which level a finding blocks: note, low, medium, high or critical.
    """
    known = [one.value for one in Level if one is not Level.UNKNOWN]
    if level not in known:
        raise BadInput(f"there is no level {level!r}", hint=f"the levels are {', '.join(known)}")
    root = workspace_in(Path(folder), this_machine()).root
    files, findings = checking.check_products(root)
    return ProductsChecked(workspace=str(root), files=files, level=Level(level), findings=findings)


def _workspace(folder: Where) -> Workspace:
    if not Path(folder).is_dir():
        raise BadInput("there is no such folder", where=str(folder), hint="check the path")
    workspace = workspace_in(Path(folder), this_machine())
    workspace.prepare()
    return workspace
