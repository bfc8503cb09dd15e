"""Sources for sites without a network: a source mirror of Spack, filled from any collection."""

from __future__ import annotations

import os
from pathlib import Path

from peso.api.locks import is_lock, lock_bytes
from peso.api.recipes import recipe_facts
from peso.base.finding import Unknown
from peso.base.ledger import Ledger
from peso.ecosystem import workspace_root
from peso.errors import BadInput
from peso.products.engines.native import NativeUnit
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.lockfile import read_lock
from peso.products.engines.spack.mirror_fill import MirrorFilled
from peso.products.engines.spack.mirror_fill import fill as fill_from
from peso.products.engines.spack.source_mirror import wanted_by
from peso.products.environments.facts import facts_of_this_machine
from peso.products.environments.read import Reader
from peso.products.stack_forms import StackForm, load_form
from peso.services.integration.plan import Plan

Where = str | Path
_LOCK = "spack.lock"


def fill_mirror(
    what: Where,
    *,
    sources: tuple[Where, ...],
    to: Where,
    repositories: tuple[Where, ...] = (),
    folder: Where = ".",
) -> MirrorFilled:
    """Fill a source mirror of Spack with what a lock is made from, matched by sha256 alone.

    Args:
        what: A spack.lock; or a stack or an environment, or its folder: then the lock beside the
            environment, else the one of the stack's last plan in its workspace.
        sources: Folders with any files: a distribution's source archives, a colleague's disk.
        to: The mirror; made where it is not there yet.
        repositories: Recipe repositories that say what units are made from; else those of the
            workspace, else those last indexed.
        folder: The workspace whose recipes are used.

    Returns:
        For each source: whether it was there, which file it was filled from, or that it is missing
        and where it could come from.

    Raises:
        BadInput: There is no lock, or it is not whole; a folder is none; no recipes are at hand.
        Outside: The mirror cannot be written.
    """
    recipes = recipe_facts(repositories, folder)
    units: list[NativeUnit] = []
    for where, data in _locks(Path(what)):
        read = read_lock(data, where=where, recipes=recipes, packages=NoDistribution("not asked"))
        units.extend(read.units)
    built = [one for one in units if one.external is None]
    if built and all(isinstance(one.sources, Unknown) for one in built):
        raise BadInput(
            f"what the units are made from is not known: {_reason(built[0])}",
            where=str(what),
            hint="name the recipes with --repo, or index them: `peso catalog index DIR`",
        )
    return fill_from(wanted_by(units), tuple(Path(one) for one in sources), Path(to))


def _reason(unit: NativeUnit) -> str:
    return unit.sources.unknown if isinstance(unit.sources, Unknown) else ""


def _locks(what: Path) -> tuple[tuple[str, bytes], ...]:
    """Return the locks that a file, a stack or an environment stands for, each with its name."""
    if not what.is_dir() and is_lock(what):
        return ((str(what), lock_bytes(what)),)
    if what.is_dir() and not any((what / one).is_file() for one in ("stack.yaml", "spack.yaml")):
        if (what / _LOCK).is_file():
            return ((str(what / _LOCK), lock_bytes(what / _LOCK)),)
        raise BadInput("the folder has no stack.yaml, spack.yaml or spack.lock", where=str(what))
    form = load_form(what, Reader(facts_of_this_machine(os.environ)))
    beside = [_beside(Path(one.environment.file)) for one in form.environments]
    found = tuple((str(file), lock_bytes(file)) for file in beside if file.is_file())
    if found and len(found) == len(beside):
        return found
    return _planned(form)


def _beside(environment: Path) -> Path:
    return environment.parent / _LOCK


def _planned(form: StackForm) -> tuple[tuple[str, bytes], ...]:
    """Return the native locks of the last plan of a stack."""
    name = form.stack.name if form.stack else form.file.absolute().parent.name
    root = workspace_root(form.file.parent) or form.file.absolute().parent
    if (root / ".peso" / "ledger").is_dir():
        ledger = Ledger(root / ".peso" / "ledger")
        for entry in reversed(ledger.list("plan")):
            plan = Plan.parse(ledger.read("plan", entry.key) or b"")
            if plan.stack == name and plan.native:
                return tuple(
                    (
                        f"the lock of {one.part}, planned {entry.made:%Y-%m-%d %H:%M}",
                        ledger.blobs.read(one.document.sha256, limit=one.document.length),
                    )
                    for one in plan.native
                )
    raise BadInput(
        "no lock of it is at hand",
        where=str(form.file),
        hint="name a spack.lock, or make one: `peso deliver STACK --until plan`",
    )
