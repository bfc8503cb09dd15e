"""The Python API: one line for each promise; the commands and the portal call the same lines.

Each function finds the workspace, hands its ports to the service that does the work and returns
that service's record. It decides nothing and prints nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from peso.base.net import Net
from peso.base.record import Record
from peso.errors import BadInput
from peso.products.engines.port import Progress
from peso.products.stack import stack_schema
from peso.services import pipeline
from peso.services.assurance import advisories as advisory
from peso.services.assurance.policy import Policy
from peso.services.delivery.facility import install as installing
from peso.services.delivery.facility import trust
from peso.services.delivery.facility import verify as verifying
from peso.services.delivery.facility.report import VerifyReport
from peso.services.delivery.manifest import Manifest
from peso.services.delivery.signing import keys
from peso.services.pipeline import Delivery, Explanation, Observer, unseen
from peso.workspace import (
    Settings,
    check_workspace,
    installing_bench,
    installing_engines,
    new_workspace,
    open_stack,
    open_workspace,
    this_machine,
    workspace_in,
)

Where = str | Path
AskPassphrase = Callable[[], bytes]


def deliver(  # noqa: PLR0913 - one argument for each option of the command
    stack: Where,
    *,
    to: Where = "public",
    until: str | None = None,
    upgrade: bool = False,
    observer: Observer = unseen,
    ask_passphrase: AskPassphrase | None = None,
) -> Delivery:
    """Take a stack through the whole life of a release; resumes by itself.

    Args:
        stack: The stack file, or its folder.
        to: The publication; made where it is not there yet.
        until: Stop after this step (`plan`, `build`, `test`, `inventory`, `scan`, `gate`, `attest`,
            `publish`).
        upgrade: Resolve anew without the constraints, and write the new versions to them first.
        observer: Told of every step and its progress.
        ask_passphrase: Called where keys need a passphrase and `PESO_PASSPHRASE_FILE` is not set.

    Returns:
        The account of the run: for each step whether it ran or was reused, and why.

    Raises:
        BadInput: the stack file is wrong; all faults, with line and column.
        Refused: the gate did not say yes.
        Outside: network, disk, a held lock, a missing tool.
    """
    asked, workspace = open_stack(Path(stack), this_machine(ask_passphrase))
    ports = workspace.ports(asked, Path(to).absolute())
    if upgrade:
        pipeline.upgrade(workspace.life(asked), ports, observer=observer)
    return pipeline.run(workspace.life(asked), ports, until=until, observer=observer)


def explain_steps(stack: Where, *, to: Where = "public") -> tuple[Explanation, ...]:
    """Say for each step why it ran or was reused the last time, and what would happen now."""
    asked, workspace = open_stack(Path(stack), this_machine())
    ports = workspace.ports(asked, Path(to).absolute(), looks_only=True)
    return pipeline.explain(workspace.life(asked), ports)


def verify(
    where: Where,
    *,
    root: Where | None = None,
    unsafe_development_keys: bool = False,
    unsafe_as_of: datetime | None = None,
) -> VerifyReport:
    """Prove a publication, from a folder or a URL, against a pinned root and nothing else.

    Args:
        where: The folder of a publication, or its http(s) URL.
        root: The pinned root file; without it, a root pinned before (`pin_root`).
        unsafe_development_keys: Accept a root whose keys anybody could have made.
        unsafe_as_of: Judge the timestamp's expiry as of this moment, for a folder carried to a
            machine without network; freshness is then not proven, and the report says so.

    Raises:
        Refused: the answer is no; `reason` and `where` say why and which file.
    """
    machine = this_machine()
    with Net() as net:
        return verifying.verify(
            where,
            root=Path(root) if root is not None else None,
            state=machine.state,
            unsafe_development_keys=unsafe_development_keys,
            unsafe_as_of=unsafe_as_of,
            net=net,
            now=machine.clock(),
        )


def install(  # noqa: PLR0913 - one argument for each option of the command
    where: Where,
    prefix: Where,
    *,
    release: str | None = None,
    channel: str | None = None,
    root: Where | None = None,
    unsafe_development_keys: bool = False,
    unsafe_as_of: datetime | None = None,
    observer: Callable[[Progress], None] = lambda _progress: None,
) -> installing.Receipt:
    """Verify a publication, then install one release offline from the bytes that were proven.

    Args:
        where: The folder of a publication, or its http(s) URL.
        prefix: Where to install; made new.
        release: `NAME` or `NAME@VERSION`; not needed where there is one stack.
        channel: Look in this channel only.
        root: As for `verify`.
        unsafe_development_keys: As for `verify`.
        unsafe_as_of: As for `verify`.
        observer: Told of the progress.

    Raises:
        Refused: the answer is no, or this machine lacks what the release needs.
    """
    machine, target = this_machine(), Path(prefix).absolute()
    with Net() as net, installing_bench(target, observer) as bench:
        return installing.install(
            where,
            target,
            root=Path(root) if root is not None else None,
            state=machine.state,
            unsafe_development_keys=unsafe_development_keys,
            unsafe_as_of=unsafe_as_of,
            net=net,
            now=machine.clock(),
            engines=installing_engines(machine),
            bench=bench,
            release=release,
            channel=channel,
        )


def pin_root(file: Where, sha256: str) -> trust.Pinned:
    """Pin a root: from now on, trust what its keys sign. `sha256` must come from elsewhere."""
    machine = this_machine()
    return trust.pin(Path(file), sha256, machine.state, machine.clock())


def pinned_roots() -> tuple[trust.Pinned, ...]:
    """Return the roots this user pinned."""
    return trust.pinned(this_machine().state)


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


def import_advisories(
    source: Where, *, name: str | None = None, folder: Where = "."
) -> advisory.Source:
    """Import OSV records from a folder or archive into a workspace, or a stack's folder."""
    workspace = workspace_in(Path(folder), this_machine())
    workspace.prepare()
    now = workspace.machine.clock()
    return advisory.import_advisories(Path(source), workspace.advisories, name=name, now=now)


def update_advisories(*, folder: Where = ".") -> advisory.Source:
    """Fetch the public advisories for PyPI, where the network allows."""
    workspace = workspace_in(Path(folder), this_machine())
    workspace.prepare()
    with Net() as net:
        return advisory.update(workspace.advisories, net, now=workspace.machine.clock())


def show_advisories(*, folder: Where = ".") -> tuple[advisory.Source, ...]:
    """Return the imported sources: how many records, and how old."""
    return advisory.sources(workspace_in(Path(folder), this_machine()).advisories)


def init_keys(
    *, folder: Where = ".", ask_passphrase: AskPassphrase | None = None
) -> keys.KeysShown:
    """Make a workspace's signing keys, in the folder its `peso.yaml` names."""
    workspace = open_workspace(Path(folder), this_machine(ask_passphrase))
    place = workspace.key_folder()
    keys.create_keys(
        place,
        passphrase=workspace.passphrase(),
        channels=workspace.settings.channels,
        development=False,
        freshness=workspace.settings.freshness,
        now=workspace.machine.clock(),
    )
    return keys.show(place)


def rotate_key(
    role: str, *, folder: Where = ".", ask_passphrase: AskPassphrase | None = None
) -> keys.KeysShown:
    """Replace the key of a role; the publication follows at the next delivery."""
    workspace = workspace_in(Path(folder), this_machine(ask_passphrase))
    place = workspace.key_folder()
    passphrase = workspace.key_passphrase()
    now, freshness = workspace.machine.clock(), workspace.settings.freshness
    keys.rotate(place, passphrase, role, now=now, freshness=freshness)
    return keys.show(place)


def show_keys(*, folder: Where = ".") -> keys.KeysShown:
    """Return roles, keys, thresholds and expiries; opens no private key."""
    return keys.show(workspace_in(Path(folder), this_machine()).key_folder())


def schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema of one of PESO's files: stack, policy, workspace or manifest."""
    models: dict[str, type[Record]] = {
        "policy": Policy,
        "workspace": Settings,
        "manifest": Manifest,
    }
    if name == "stack":
        return stack_schema()
    if name not in models:
        raise BadInput(
            f"there is no schema {name!r}", hint=f"the schemas are stack, {', '.join(models)}"
        )
    return models[name].model_json_schema(by_alias=True)
