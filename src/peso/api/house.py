"""The workspace itself: make one, check it, and the schemas of its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from peso.base.finding import Finding
from peso.base.record import Record
from peso.checking.check import check_workspace
from peso.errors import BadInput
from peso.products.product import product_schema
from peso.products.reconcile.rules import BLOCKS
from peso.products.stack import stack_schema
from peso.services.assurance.identity.written import identity_schema
from peso.services.assurance.policy import Policy
from peso.services.delivery.manifest import Manifest
from peso.services.integration.host_said import HostSaid
from peso.workspace import Where, this_machine
from peso.workspace_settings import Settings, new_workspace


class Initialised(Record):
    """What `init` made."""

    workspace: str
    made: tuple[str, ...]


def init(folder: Where = ".") -> Initialised:
    """Make a new workspace: stacks, platforms, policies, products. Replaces nothing."""
    root = Path(folder).absolute()
    made = new_workspace(root)
    return Initialised(workspace=str(root), made=made)


class Checked(Record):
    """What `check` looked at, and all it found."""

    workspace: str
    files: tuple[str, ...]
    faults: tuple[str, ...]
    """What is wrong with a file."""
    findings: tuple[Finding, ...] = ()
    """Where products, recipes and stacks disagree, and what was seen of the catalogs."""
    not_compared: tuple[str, ...] = ()
    """What could not be compared, and why."""
    matches: tuple[str, ...] = ()
    """How each product was matched with its packages."""

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that say no."""
        return tuple(one for one in self.findings if one.level.reaches(BLOCKS))

    @property
    def ok(self) -> bool:
        """Whether there is something to look at, no fault, and no finding that blocks."""
        return bool(self.files) and not self.faults and not self.blocking


def check(folder: Where = ".") -> Checked:
    """Check everything in a workspace, and reconcile its products, recipes and stacks."""
    root = Path(folder).absolute()
    if not root.is_dir():
        raise BadInput("there is no such folder", where=str(root))
    found = check_workspace(root, this_machine())
    return Checked(
        workspace=str(root),
        files=found.files,
        faults=tuple(str(fault) for fault in found.faults),
        findings=found.findings,
        not_compared=found.not_compared,
        matches=found.matches,
    )


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a file: stack, product, policy, manifest, host and others."""
    models: dict[str, type[Record]] = {
        "policy": Policy,
        "workspace": Settings,
        "manifest": Manifest,
        "host": HostSaid,
    }
    whole = {"stack": stack_schema, "product": product_schema, "identity": identity_schema}
    if name in whole:
        return whole[name]()
    if name not in models:
        raise BadInput(
            f"there is no schema {name!r}", hint=f"the schemas are {', '.join([*whole, *models])}"
        )
    return models[name].model_json_schema(by_alias=True)
