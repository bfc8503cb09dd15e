"""What people state on vulnerabilities in exact products: listed, suggested, added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import peso
from peso.api.catalog import open_catalog
from peso.api.named_units import Trusted, asked_of, is_publication, named_units
from peso.base.finding import Finding, Unknown
from peso.base.record import Record
from peso.ecosystem import recipe_repositories, workspace_root
from peso.errors import BadInput
from peso.products.engines.native import NativeRoot, NativeUnit
from peso.products.recipes.catalog import Catalog
from peso.products.recipes.record import Recipe, Unreadable
from peso.services.assurance.identity.table import load_identity
from peso.services.assurance.matching.scan import match
from peso.services.assurance.matching.subjects import of_unit
from peso.services.assurance.vex.openvex import read_document, statements_of
from peso.services.assurance.vex.record import Justification, Product, Stated, Statement, Status
from peso.services.assurance.vex.shelf import add_statement, read_shelf
from peso.services.assurance.vex.suggest import Suggested
from peso.services.assurance.vex.suggest import suggest as suggest_of
from peso.services.assurance.vex.weigh import Scales
from peso.services.delivery.facility.contents import proven_file, proven_release
from peso.services.delivery.statements.statement import SPEAKS_OF, VEX
from peso.workspace import Where, this_machine, workspace_in

__all__ = [
    "Suggested",
    "VexListed",
    "add_vex",
    "list_vex",
    "suggest_vex",
]


class VexListed(Record):
    """The statements of a workspace, or those that a release ships."""

    where: str
    as_of: datetime
    statements: tuple[Statement, ...]
    findings: tuple[Finding, ...]
    """Statements that have expired, or that have no expiry: they decide nothing."""


class VexAdded(Record):
    """A statement that was written."""

    file: str
    statement: Statement


def list_vex(
    target: Where = ".", *, root: Where | None = None, unsafe_development_keys: bool = False
) -> VexListed:
    """Return the statements of a workspace, or of a release in a publication.

    Args:
        target: A folder of a workspace; or a publication, `#STACK` or `#STACK@VERSION` after it.
        root: Of a publication: the pinned root.
        unsafe_development_keys: Of a publication: as for `verify`.

    Raises:
        BadInput: A document cannot be read; with all faults of all documents.
        Refused: A publication is not proven.
    """
    now = this_machine().clock()
    place, _, release = str(target).partition("#")
    if is_publication(place):
        trusted = Trusted.by(root, unsafe_development_keys=unsafe_development_keys)
        statements = _of_release(place, release or None, trusted)
    else:
        workspace = workspace_in(Path(target), this_machine())
        statements = read_shelf(workspace.root).statements
    named = tuple(
        Stated(subject=product.purl or f"sha256:{product.sha256}", statement=one)
        for one in statements
        for product in one.products
    )
    scales = Scales(named, now=now)
    findings = scales.findings()
    return VexListed(where=str(target), as_of=now, statements=statements, findings=findings)


def _of_release(place: str, said: str | None, trusted: Trusted) -> tuple[Statement, ...]:
    with asked_of(place, trusted) as asked:
        chosen = proven_release(asked, said)
        path = SPEAKS_OF[VEX]
        if chosen.named(path) is None:
            return ()
        return statements_of(read_document(proven_file(asked, chosen, path), path), path)


def suggest_vex(
    target: Where,
    *,
    repos: Iterable[Where] = (),
    root: Where | None = None,
    unsafe_development_keys: bool = False,
    folder: Where | None = None,
) -> Suggested:
    """Suggest statements that a person may want to sign; applies nothing.

    Args:
        target: A `spack.lock`, a stack that was planned, or a publication with `#STACK@VERSION`.
        repos: Recipe repositories; else those of the workspace, else those last indexed.
        root: Of a publication: the pinned root.
        unsafe_development_keys: Of a publication: as for `verify`.
        folder: The workspace with the advisories; else that of the target, or of this folder.

    Raises:
        BadInput: There is no such lock or stack, or no recipes are at hand.
        Refused: A publication is not proven.
    """
    trusted = Trusted.by(root, unsafe_development_keys=unsafe_development_keys)
    named = named_units(target, trusted)
    home = Path(folder) if folder is not None else (named.folder or Path())
    if folder is None and workspace_root(home) is None:
        home = Path()
    machine = this_machine()
    workspace = workspace_in(home, machine)
    several = tuple(repos) or recipe_repositories(workspace.root)
    catalog = open_catalog(*several, folder=home)
    identity = load_identity()
    subjects = (of_unit(one, identity) for one in named.units)
    seen = match(subjects, workspace.advisories, about=named.where, now=machine.clock())
    recipes = _recipes(catalog)
    units = _Units(units=named.units, roots=named.roots)
    return suggest_of(units, seen.findings, recipes, catalog.beside, target=named.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Units:
    """Units and what asks for them, of whatever was named."""

    units: tuple[NativeUnit, ...]
    roots: tuple[NativeRoot, ...]


def _recipes(catalog: Catalog) -> Callable[[NativeUnit], Recipe | Unknown]:
    known: dict[str, Recipe | Unknown] = {}

    def recipe_of(unit: NativeUnit) -> Recipe | Unknown:
        name = f"{unit.namespace}.{unit.name}"
        if name not in known:
            found = catalog.find(name, of_many=True)
            if found is None:
                known[name] = Unknown(unknown="no recipe of it is at hand")
            elif isinstance(found, Unreadable):
                known[name] = Unknown(unknown=f"its recipe cannot be read: {found.reason}")
            else:
                known[name] = found
        return known[name]

    return recipe_of


def add_vex(  # noqa: PLR0913 - one argument for each option of the command
    vulnerability: str,
    *,
    products: Iterable[str],
    status: Status,
    reason: str,
    expires: datetime | None,
    role: str,
    justification: Justification | None = None,
    action: str = "",
    aliases: Iterable[str] = (),
    sha256: Mapping[str, str] | None = None,
    author: str | None = None,
    folder: Where = ".",
) -> VexAdded:
    """Write a statement into the `vex/` folder of a workspace.

    Args:
        vulnerability: Its id.
        products: purls with versions.
        status: `not_affected`, `affected`, `fixed` or `under_investigation`.
        reason: What was looked at, and what follows from it.
        expires: From then on it decides nothing.
        role: Who answers for it, by role.
        justification: Of `not_affected`.
        action: Of `affected`: what is to be done.
        aliases: Other ids of the vulnerability.
        sha256: The sha256 of products' files, by purl.
        author: The organization; else the workspace's name.
        folder: The workspace.

    Raises:
        BadInput: With everything that is wrong with the statement.
    """
    machine = this_machine()
    workspace = workspace_in(Path(folder), machine)
    if status not in {"not_affected", "affected", "fixed", "under_investigation"}:
        raise BadInput(f"there is no status {status!r}")
    workspace.prepare()
    now = machine.clock().replace(microsecond=0)
    digests = sha256 or {}
    statement = Statement(
        vulnerability=vulnerability,
        aliases=tuple(dict.fromkeys(one for one in aliases if one != vulnerability)),
        products=tuple(
            Product(purl=one, sha256=digests.get(one, "")) for one in dict.fromkeys(products)
        ),
        status=status,
        justification=justification or "",
        action=action,
        reason=reason,
        made=now,
        expires=expires,
        author=author or workspace.settings.name,
        role=role,
        document="",
    )
    tooling = f"peso {peso.__version__}"
    lock = workspace.home / "vex.lock"
    file = add_statement(statement, workspace.root, lock=lock, now=now, tooling=tooling)
    return VexAdded(file=str(file), statement=statement)
