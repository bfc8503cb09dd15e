"""Commands of the portfolio: import and export catalogs, list, show and check products."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import peso
from peso.cli import screen
from peso.cli.options import Debug, Json, Quiet

product = typer.Typer(
    help="The portfolio: products, and the catalogs they come from.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Folder = Annotated[Path, typer.Option("--in", metavar="DIR", help="The workspace.")]
Catalog = Annotated[str, typer.Argument(metavar="CATALOG", help="cass or e4s")]


@product.command("import")
def product_import(
    catalog: Catalog,
    source: Annotated[Path, typer.Argument(metavar="PATH", help="A checkout of the catalog.")],
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Import a catalog; what people edited in the workspace stays.

    Example: peso product import cass cass-community.github.io
    """
    done = peso.import_products(catalog, source, folder=folder)
    screen.show(done, as_json=json, quiet=quiet)


@product.command("export")
def product_export(
    catalog: Annotated[str, typer.Argument(metavar="CATALOG", help="cass")],
    to: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or a checkout.")],
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Write a catalog in its own format; what nobody changed stays as it is, to the byte.

    Example: peso product export cass cass-community.github.io
    """
    done = peso.export_products(catalog, to, folder=folder)
    screen.show(done, as_json=json, quiet=quiet)
    raise typer.Exit(0 if done.ok else 1)


@product.command("list")
def product_list(
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """List the products: members, Spack packages, license.

    Example: peso product list
    """
    screen.show(peso.list_products(folder=folder), as_json=json, quiet=quiet)


@product.command("show")
def product_show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Any of its names.")],
    folder: Folder = Path(),
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Show what is known of a product, and where each catalog says it.

    Example: peso product show hdf5
    """
    screen.show(peso.show_product(name, folder=folder), as_json=json, quiet=quiet)


@product.command("check")
def product_check(
    folder: Folder = Path(),
    block: Annotated[
        str, typer.Option(metavar="LEVEL", help="Exit 1 from this level on.")
    ] = "high",
    json: Json = False,
    quiet: Quiet = False,
    debug: Debug = False,  # noqa: ARG001 - read by the entry point
) -> None:
    """Check the products and their catalogs: data quality, edits, open conflicts.

    Example: peso product check --block medium
    """
    report = peso.check_products(folder=folder, level=block)
    screen.show(report, as_json=json, quiet=quiet)
    raise typer.Exit(0 if report.ok else 1)
