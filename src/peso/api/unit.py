"""Why a unit is in a lock of Spack, and what stands on it.

Imports nothing of the workspace before a stack is asked about: a question must be answered at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from peso.api.locks import is_lock
from peso.ecosystem import STACKS, workspace_root
from peso.errors import BadInput
from peso.services.integration.unit_reasons import UnitExplained, explain, read_asked

if TYPE_CHECKING:
    from peso.products.engines.spack.lockfile import LockRead
    from peso.services.integration.unit_reasons import Parts

Where = str | Path
_LOCK = "spack.lock"
_ELSEWHERE = "the lock may be of another machine: --here says that it is of this one"


def explain_unit(
    unit: str, *, within: Where = ".", repos: Iterable[Where] = (), here: bool = False
) -> UnitExplained:
    """Say why a unit is there, what stands on it, and how several of its name differ.

    Args:
        unit: `NAME`, `NAME@VERSION`, `/HASH` or `NAME/HASH`; a hash may be its beginning.
        within: a lock of Spack, a stack definition, or a folder with one of them, of which the lock
            comes first. Of a stack it is what was planned last.
        repos: recipe repositories that say licenses and sources of a lock's units; else the
            workspace's, else those last indexed.
        here: whether a lock is of this machine, so that its packages say what externals are.

    Raises:
        BadInput: nothing is that unit, there is no lock or stack, or the stack was never planned.
    """
    file = _file(Path(within))
    if is_lock(file):
        return explain(unit, (("", _read(file, unit, tuple(repos), here=here)),), where=str(file))
    return explain(unit, _planned(file), where=str(file))


def _read(file: Path, unit: str, repos: tuple[Where, ...], *, here: bool) -> LockRead:
    """Read a lock; recipes and packages are asked about the units in question only."""
    from peso.api.locks import lock_bytes  # noqa: PLC0415 - only of a lock
    from peso.api.recipes import recipe_facts  # noqa: PLC0415 - as above
    from peso.products.engines.spack.distribution import NoDistribution  # noqa: PLC0415
    from peso.products.engines.spack.facts import FactsOf  # noqa: PLC0415
    from peso.products.engines.spack.lockfile import read_lock  # noqa: PLC0415
    from peso.products.engines.spack.packages_here import packages_here  # noqa: PLC0415

    asked = read_asked(unit)
    facts = FactsOf(
        lambda one: asked.is_of(one.node.name, one.node.version, one.node.hash),
        recipe_facts(repos, file.parent),
    )
    packages = packages_here() if here else NoDistribution(_ELSEWHERE)
    return read_lock(lock_bytes(file), where=str(file), recipes=facts, packages=packages)


def _file(place: Path) -> Path:
    if not place.is_dir():
        if not place.is_file():
            raise BadInput("there is no such file or folder", where=str(place))
        return place
    for name in (_LOCK, *STACKS):
        if (place / name).is_file():
            return place / name
    raise BadInput(
        f"there is no {_LOCK} and no {' or '.join(STACKS)} here",
        where=str(place),
        hint="name a lock or a stack with --in",
    )


def _planned(file: Path) -> Parts:
    """Return the native parts of a stack as they were last planned."""
    from peso.base.ledger import Ledger  # noqa: PLC0415 - only of a stack
    from peso.services.filing import latest  # noqa: PLC0415 - as above
    from peso.services.integration.plan import Plan  # noqa: PLC0415 - as above
    from peso.services.steps.making import PLAN  # noqa: PLC0415 - as above

    root = workspace_root(file.parent) or file.parent.absolute()
    home = root / ".peso" / "ledger"
    name = _name(file)
    record = None
    if home.is_dir():
        record = latest(PLAN, Ledger(home), lambda one: isinstance(one, Plan) and one.stack == name)
    if not isinstance(record, Plan):
        raise BadInput(
            f"the stack {name} was never planned here",
            where=str(file),
            hint=f"say: peso deliver {file} --until plan",
        )
    if not record.native:
        raise BadInput(f"the stack {name} has no part that Spack makes", where=str(file))
    return tuple((lock.part, lock) for lock in record.native)


def _name(file: Path) -> str:
    """Return a stack's name: as its file says, else its folder's."""
    from peso.base.yaml_read import read_yaml  # noqa: PLC0415 - only of a stack
    from peso.products.stack import load_stack  # noqa: PLC0415 - as above
    from peso.products.stack_forms import is_peso_stack  # noqa: PLC0415 - as above

    if is_peso_stack(read_yaml(file)):
        return load_stack(file).name
    return file.absolute().parent.name
