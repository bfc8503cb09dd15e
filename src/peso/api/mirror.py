"""Sources for sites without a network: a source mirror of Spack, filled from any collection."""

from __future__ import annotations

import os
from pathlib import Path

from peso.api.locks import is_lock, lock_bytes
from peso.api.recipes import recipe_facts
from peso.base.finding import Unknown
from peso.base.ledger import Ledger
from peso.ecosystem import STACKS, workspace_root
from peso.errors import BadInput
from peso.products.engines.native import NativeUnit
from peso.products.engines.spack.distribution import NoDistribution
from peso.products.engines.spack.lockfile import read_lock
from peso.products.engines.spack.mirror_fill import MirrorFilled
from peso.products.engines.spack.mirror_fill import fill as fill_from
from peso.products.engines.spack.source_mirror import wanted_by
from peso.products.environments.facts import facts_of_this_machine
from peso.products.environments.read import Reader
from peso.products.stack_forms import load_form
from peso.services.filing import latest
from peso.services.integration.plan import Plan
from peso.services.steps.making import PLAN

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
            environment, else what the stack's last plan in its workspace says of its units.
        sources: Folders with any files: a distribution's source archives, a colleague's disk.
        to: The mirror; made where it is not there yet.
        repositories: Recipe repositories that say what a lock's units are made from; else those
            of the workspace, else those last indexed.
        folder: The workspace whose recipes are used for a lock.

    Returns:
        For each source: whether it was there, which file it was filled from, or that it is missing
        and where it could come from.

    Raises:
        BadInput: There is no lock, or it is not whole; a folder is none; no recipes are at hand.
        Outside: The mirror cannot be written.
    """
    units = _units(Path(what), tuple(repositories), folder)
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


def _units(what: Path, repositories: tuple[Where, ...], folder: Where) -> tuple[NativeUnit, ...]:
    """Return the units that a lock, a stack or an environment stands for."""
    files = _locks(what)
    if files:
        recipes = recipe_facts(repositories, folder)
        nobody = NoDistribution("not asked: an external has no source here")
        several = (
            read_lock(lock_bytes(file), where=str(file), recipes=recipes, packages=nobody)
            for file in files
        )
        return tuple(unit for read in several for unit in read.units)
    return tuple(unit for lock in _planned(what).native for unit in lock.units)


def _locks(what: Path) -> tuple[Path, ...]:
    """Return the locks that are meant, or lie beside the environments; none where one lacks."""
    if not what.is_dir() and is_lock(what):
        return (what,)
    if what.is_dir() and not any((what / one).is_file() for one in STACKS):
        if (what / _LOCK).is_file():
            return (what / _LOCK,)
        raise BadInput("the folder has no stack.yaml, spack.yaml or spack.lock", where=str(what))
    form = load_form(what, Reader(facts_of_this_machine(os.environ)))
    beside = [Path(one.environment.file).parent / _LOCK for one in form.environments]
    return tuple(beside) if all(file.is_file() for file in beside) else ()


def _planned(what: Path) -> Plan:
    """Return what was last planned of a stack; its units have the sources of that time."""
    form = load_form(what, Reader(facts_of_this_machine(os.environ)))
    name = form.stack.name if form.stack else form.file.absolute().parent.name
    root = workspace_root(form.file.parent) or form.file.absolute().parent
    home = root / ".peso" / "ledger"
    record = None
    if home.is_dir():
        record = latest(PLAN, Ledger(home), lambda one: isinstance(one, Plan) and one.stack == name)
    if isinstance(record, Plan) and record.native:
        return record
    raise BadInput(
        "no lock of it is at hand",
        where=str(form.file),
        hint="name a spack.lock, or make one: `peso deliver STACK --until plan`",
    )
