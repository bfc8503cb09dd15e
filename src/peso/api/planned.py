"""Stacks as they were last planned and built, by the ledger of their workspace.

What reads them is imported late: most who ask about a lock have no stack.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from peso.ecosystem import STACKS, workspace_root
from peso.errors import BadInput

if TYPE_CHECKING:
    from peso.base.ledger import Ledger
    from peso.products.engines.native import NativeLock
    from peso.services.integration.plan import Plan
    from peso.services.integration.unit_reasons import Parts

LOCK = "spack.lock"
_BUILDS = 20
"""How many of the newest builds are looked at for the time of a unit."""


def lock_or_stack(place: Path, *, option: str = "--in") -> Path:
    """Return the lock or the stack definition that a file or folder stands for.

    Raises:
        BadInput: There is none; `option` is how to name one.
    """
    if not place.is_dir():
        if not place.is_file():
            raise BadInput("there is no such file or folder", where=str(place))
        return place
    for name in (LOCK, *STACKS):
        if (place / name).is_file():
            return place / name
    raise BadInput(
        f"there is no {LOCK} and no {' or '.join(STACKS)} here",
        where=str(place),
        hint=f"name a lock or a stack with {option}" if option else "name a lock or a stack",
    )


def planned_parts(file: Path) -> Parts:
    """Return the native parts of a stack as they were last planned."""
    return tuple((lock.part, lock) for lock in planned_locks(file))


def planned_locks(file: Path) -> tuple[NativeLock, ...]:
    """Return the locks of a stack's native parts as they were last planned.

    Raises:
        BadInput: It was never planned here, or has no such part.
    """
    record = planned(file)
    if not record.native:
        raise BadInput(f"the stack {record.stack} has no part that Spack makes", where=str(file))
    return record.native


def planned(file: Path) -> Plan:
    """Return the last plan of a stack.

    Raises:
        BadInput: It was never planned here.
    """
    from peso.services.filing import latest  # noqa: PLC0415 - only of a stack
    from peso.services.integration.plan import Plan  # noqa: PLC0415 - as above
    from peso.services.steps.making import PLAN  # noqa: PLC0415 - as above

    name = _name(file)
    ledger = ledger_of(file.parent)
    record = None
    if ledger is not None:
        record = latest(PLAN, ledger, lambda one: isinstance(one, Plan) and one.stack == name)
    if not isinstance(record, Plan):
        raise BadInput(
            f"the stack {name} was never planned here",
            where=str(file),
            hint=f"say: peso deliver {file} --until plan",
        )
    return record


def build_times(folder: Path) -> dict[str, float]:
    """Return how long units took to build, by hash, in seconds, as the last builds here say."""
    ledger = ledger_of(folder)
    if ledger is None:
        return {}
    from peso.services.filing import newest  # noqa: PLC0415 - only where there is a ledger
    from peso.services.integration.build import Build  # noqa: PLC0415 - as above
    from peso.services.integration.native_times import times_of  # noqa: PLC0415 - as above
    from peso.services.steps.making import BUILD  # noqa: PLC0415 - as above

    found: dict[str, float] = {}
    for record in newest(BUILD, ledger, most=_BUILDS):
        if isinstance(record, Build):
            found = {**times_of(record), **found}
    return found


def ledger_of(folder: Path) -> Ledger | None:
    """Return the ledger of the workspace a folder is in, or of the folder; None: there is none."""
    from peso.base.ledger import Ledger  # noqa: PLC0415 - see above

    root = workspace_root(folder) or folder.absolute()
    home = root / ".peso" / "ledger"
    return Ledger(home) if home.is_dir() else None


def _name(file: Path) -> str:
    """Return a stack's name: as its file says, else its folder's."""
    from peso.base.yaml_read import read_yaml  # noqa: PLC0415 - only of a stack
    from peso.products.stack import load_stack  # noqa: PLC0415 - as above
    from peso.products.stack_forms import is_peso_stack  # noqa: PLC0415 - as above

    if is_peso_stack(read_yaml(file)):
        return load_stack(file).name
    return file.absolute().parent.name
