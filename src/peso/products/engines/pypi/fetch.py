"""Fetching: the exact files of a lock into the blob store, several at a time.

1. What the store has, proven by digest, is not fetched again, so a killed fetch goes on.
2. The largest file first, so that the last one to come is a small one.
3. A file is cut off past its declared length, and past 4 GiB where the index declares none; it is
   hashed while it comes and enters the store only when length and digest are the locked ones.
4. The first fault stops the step; what has come stays.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

from peso.base.files import temporary
from peso.base.ledger import Blobs
from peso.base.net import Net
from peso.errors import Outside, PesoError, Reason, Refused
from peso.products.engines.port import Progress, Unit, Workbench

_AT_ONCE = 8
_UNDECLARED = 4 << 30


def fetch(units: Iterable[Unit], bench: Workbench) -> None:
    """Bring every unit's file into the blob store.

    Raises:
        Refused: A file is longer than declared (`too-large`) or not the locked one (`changed`).
        Outside: The index did not answer, or the bench is offline and a file is missing.
    """
    wanted = {unit.sha256: unit for unit in units}
    missing = [unit for unit in wanted.values() if not bench.blobs.proves(unit.sha256, unit.length)]
    if not missing:
        return
    missing.sort(key=lambda unit: -(unit.length or _UNDECLARED))
    done = len(wanted) - len(missing)
    with Net(offline=bench.offline) as net, ThreadPoolExecutor(_AT_ONCE) as pool:
        waiting = {pool.submit(_fetch_one, unit, bench.blobs, net): unit for unit in missing}
        try:
            while waiting:
                came, _ = wait(waiting, return_when=FIRST_EXCEPTION, timeout=0.2)
                for future in came:
                    unit = waiting.pop(future)
                    future.result()
                    done += 1
                    bench.progress(Progress(done=done, total=len(wanted), line=unit.filename))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _fetch_one(unit: Unit, blobs: Blobs, net: Net) -> None:
    target = temporary(blobs.incoming)
    try:
        proven = net.fetch_to(
            unit.url, target, limit=_UNDECLARED if unit.length is None else unit.length,
            sha256=unit.sha256,
        )  # fmt: skip
        if unit.length is not None and proven[1] != unit.length:
            raise Refused(
                f"it has {proven[1]} bytes; the lock says {unit.length}",
                reason=Reason.CHANGED,
            )
        blobs.adopt(target, sha256=unit.sha256, proven=proven)
    except PesoError as error:
        raise _told(error, unit) from error
    finally:
        target.unlink(missing_ok=True)


def _told(error: PesoError, unit: Unit) -> PesoError:
    """Say which file it was; the address is the machine's own affair and is kept as `where`."""
    said = f"{unit.filename}: {error.message}"
    where = error.where
    if isinstance(error, Refused):
        hint = "the index serves another file than the one locked; resolve again with `--upgrade`"
        return Refused(said, where=where, hint=hint, reason=error.reason)
    if isinstance(error, Outside):
        return Outside(said, where=where, hint=error.hint)
    return error
