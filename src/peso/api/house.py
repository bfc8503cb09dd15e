"""The workspace itself: make one, check it, and the schemas of its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from peso.base.record import Record
from peso.errors import BadInput
from peso.products.product import product_schema
from peso.products.stack import stack_schema
from peso.services.assurance.policy import Policy
from peso.services.delivery.manifest import Manifest
from peso.workspace import Settings, Where, check_workspace, new_workspace


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
    """What `check` looked at, and every fault it found."""

    workspace: str
    files: tuple[str, ...]
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything is as it should be."""
        return bool(self.files) and not self.faults


def check(folder: Where = ".") -> Checked:
    """Check everything in a workspace: its settings, its stacks and its policies."""
    root = Path(folder).absolute()
    if not root.is_dir():
        raise BadInput("there is no such folder", where=str(root))
    files, faults = check_workspace(root)
    return Checked(workspace=str(root), files=files, faults=tuple(str(fault) for fault in faults))


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a file of PESO: stack, product, policy, workspace, manifest."""
    models: dict[str, type[Record]] = {
        "policy": Policy,
        "workspace": Settings,
        "manifest": Manifest,
    }
    whole = {"stack": stack_schema, "product": product_schema}
    if name in whole:
        return whole[name]()
    if name not in models:
        raise BadInput(
            f"there is no schema {name!r}", hint=f"the schemas are {', '.join([*whole, *models])}"
        )
    return models[name].model_json_schema(by_alias=True)
