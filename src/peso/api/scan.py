"""What is known of the vulnerabilities and licenses of an SBOM, a lock, a stack or a release."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from peso.api.locks import is_lock, lock_bytes, open_lock
from peso.api.named_units import Trusted, asked_of, is_publication
from peso.api.planned import lock_or_stack, planned
from peso.base.digest import sha256_bytes
from peso.base.files import disk
from peso.base.finding import Finding, Level
from peso.ecosystem import STACKS, workspace_root
from peso.errors import BadInput
from peso.products.catalogs.portfolio import FOLDER, list_products
from peso.services.assurance.foreign.limits import LARGEST
from peso.services.assurance.foreign.read import read_sbom
from peso.services.assurance.identity.table import Identity, load_identity
from peso.services.assurance.inventory import Inventory
from peso.services.assurance.license_closure import Claim, differing
from peso.services.assurance.matching.clone import Clone
from peso.services.assurance.policy import Policy, load_policy, own_policy
from peso.services.assurance.scanning.report import Scanned, scanned
from peso.services.assurance.scanning.thing import (
    Kind,
    Thing,
    of_inventory,
    of_lock,
    of_pylock,
    of_python,
    of_sbom,
    together,
)
from peso.services.assurance.vex.shelf import read_shelf
from peso.services.delivery.facility.release_inventory import release_inventory
from peso.workspace import Where, Workspace, this_machine, workspace_in

__all__ = ["Scanned", "scan"]

_WHO: Mapping[Kind, str] = MappingProxyType(
    {
        "lock": "recipe",
        "stack": "recipe",
        "sbom": "SBOM",
        "pylock": "lock",
        "release": "inventory of the release",
    }
)
"""Whose word the license of a unit is."""
_OWN = ".peso"
"""The folder of a stack that is in no workspace, and was planned or has advisories."""


def scan(  # noqa: PLR0913 - one argument for each option of the command
    target: Where,
    *,
    gate: Where | None = None,
    root: Where | None = None,
    unsafe_development_keys: bool = False,
    repos: Iterable[Where] = (),
    here: bool = False,
    clones: Mapping[str, Where] | None = None,
    folder: Where | None = None,
) -> Scanned:
    """Ask the imported advisories about everything in a thing, and judge the answer by a policy.

    Args:
        target: An SBOM (CycloneDX 1.4 to 1.7, SPDX 2.2 and 2.3, of any tool), a `spack.lock`, a
            `pylock.toml`, a stack that was planned, or a folder with one of them; or a publication,
            as a folder or a URL, `#STACK` or `#STACK@VERSION` after it.
        gate: The gate policy: a file, or a name in the workspace's `policies`; else the workspace's
            `default`, else PESO's own. Of it count findings, advisories, coverage and waivers.
        root: Of a publication: the pinned root, as for `verify`. A folder without trust is scanned
            all the same, and the verdict is unknown.
        unsafe_development_keys: Of a publication: as for `verify`.
        repos: Of a lock: recipe repositories that say licenses and sources; else those of the
            workspace, else those last indexed.
        here: Of a lock: whether its externals are this machine's.
        clones: Repositories at hand (`github.com/owner/name`) and their folders, to decide which
            commits are in a version.
        folder: The workspace with the advisories; else that of the target.

    Raises:
        BadInput: The target is nothing that can be scanned, broken, or over a limit.
        Refused: A publication is not what its signatures say.
        Outside: The store of advisories cannot be read.
    """
    began = time.perf_counter()
    machine = this_machine()
    place, _, release = str(target).partition("#")
    published = is_publication(place)
    workspace = workspace_in(_home(Path(place), folder, remote="://" in place), machine)
    policy = _policy(gate, workspace)
    identity = load_identity()
    if published:
        trusted = Trusted.by(root, unsafe_development_keys=unsafe_development_keys)
        thing = _release(place, release or None, trusted, identity)
    else:
        file = lock_or_stack(Path(target), option="")
        thing = _thing(file, identity, tuple(repos), workspace, here=here)
    return scanned(
        thing,
        workspace.advisories,
        policy,
        target=str(target),
        now=machine.clock(),
        reading=time.perf_counter() - began,
        clones=tuple(Clone(Path(place), name) for name, place in (clones or {}).items()),
        statements=read_shelf(workspace.root).statements,
        differing=_differing(thing, workspace.root),
    )


def _release(place: str, said: str | None, trusted: Trusted, identity: Identity) -> Thing:
    with ExitStack() as open_:
        found = release_inventory(
            place, said, lambda: open_.enter_context(asked_of(place, trusted))
        )
    unsure = (found.unproven,) if found.unproven else ()
    seen = _inventory(found.data, place)
    return of_inventory(seen, identity, about=found.release, unsure=unsure)


def _home(file: Path, folder: Where | None, *, remote: bool) -> Path:
    """Return where the advisories are: as asked, else with the target, else with this folder."""
    if folder is not None:
        return Path(folder)
    near = file if file.is_dir() else file.parent
    with_it = workspace_root(near) is not None or (near / _OWN).is_dir()
    return near if with_it and not remote else Path()


def _policy(gate: Where | None, workspace: Workspace) -> Policy:
    policies = workspace.root / "policies"
    if gate is None:
        own = policies / "default.yaml"
        return load_policy(own) if own.is_file() else own_policy()
    for place in (Path(gate), policies / f"{gate}.yaml"):
        if place.is_file():
            return load_policy(place)
    if str(gate) == "default":
        return own_policy()
    raise BadInput(
        f"there is no policy {str(gate)!r}",
        where=str(policies),
        hint="name a file, or one of these",
    )


def _thing(
    file: Path,
    identity: Identity,
    repositories: tuple[Where, ...],
    workspace: Workspace,
    *,
    here: bool,
) -> Thing:
    """Read what is scanned; what a file is, its content says."""
    if file.name in STACKS or file.suffix in {".yaml", ".yml"}:
        return _stack(file, identity)
    with disk(file, "read"), file.open("rb") as stream:
        data = stream.read(LARGEST + 1)
    if file.suffix == ".toml":
        return of_pylock(data, where=str(file))
    if is_lock(file) and _is_of_spack(data):
        read = open_lock(file, repositories=repositories, folder=workspace.root, here=here)
        form = f"spack.lock by Spack {read.spack_version}".removesuffix(" by Spack ")
        sha256 = sha256_bytes(lock_bytes(file))
        return of_lock(read, identity, form=form, about=str(file), sha256=sha256)
    return of_sbom(read_sbom(data, where=str(file)), identity)


def _differing(thing: Thing, root: Path) -> tuple[Finding, ...]:
    """Compare the licenses of a workspace's products with what is said of their packages.

    Only what is a package of Spack is a product's: a name of another index is nobody's here.
    """
    if not (root / FOLDER).is_dir():
        return ()
    try:
        products = list_products(root)
    except BadInput as error:
        message = f"the products of the workspace cannot be read: {error.message}"
        note = Level.NOTE
        return (
            Finding(rule="license-not-comparable", level=note, subject=FOLDER, message=message),
        )
    catalog = {name: one.license for one in products for name in one.spack}
    where = _WHO[thing.kind]
    found = (
        one
        for unit in thing.units
        if unit.spack in catalog
        for one in differing(
            unit.spack,
            (
                Claim(who=where, license=unit.license),
                Claim(who="catalog", license=catalog[unit.spack]),
            ),
        )
    )
    return tuple({one.message + one.subject: one for one in found}.values())


def _is_of_spack(data: bytes) -> bool:
    return data.startswith(b"\x1f\x8b") or b'"spack-lockfile"' in data


def _stack(file: Path, identity: Identity) -> Thing:
    plan = planned(file)
    native = (
        of_lock(lock, identity, form=lock.tool, about=lock.part, sha256=lock.document.sha256)
        for lock in plan.native
    )
    python = (
        of_python([lock], about=lock.part, sha256=lock.document.sha256) for lock in plan.python
    )
    return together(
        (*native, *python),
        form="a stack as it was planned last",
        about=f"{plan.stack} {plan.version}",
        sha256=plan.digest(),
    )


def _inventory(data: bytes, where: str) -> Inventory:
    try:
        return Inventory.parse(data)
    except ValidationError as error:
        raise BadInput(
            f"its inventory cannot be read: {error.errors()[0]['msg']}",
            where=where,
            hint="it may be of a later PESO: upgrade this one",
        ) from error
