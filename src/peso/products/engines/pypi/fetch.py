"""Fetching: the exact files of a lock into the blob store, several at a time.

1. What the store has, proven by digest, is not fetched again, so a killed fetch goes on.
2. The largest file first, so that the last one to come is a small one.
3. A file is cut off past its declared length, and past 4 GiB where the index declares none; it is
   hashed while it comes and enters the store only when length and digest are the locked ones.
4. The first fault stops the step; what has come stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait

from peso.base.files import temporary
from peso.base.ledger import Blobs
from peso.base.net import Net
from peso.errors import Outside, PesoError, Reason, Refused
from peso.products.engines.port import Progress, Unit, Workbench

_AT_ONCE = 8
_UNDECLARED = 4 << 30


def fetch(units: Iterable[Unit], bench: Workbench, *, address: Callable[[str], str] = str) -> None:
    """Bring every unit's file into the blob store.

    Args:
        units: What to fetch; those with one digest are one file.
        bench: Whose blob store, and whether there is a network.
        address: Gives a unit's URL as this machine asks for it, with a login where it needs one.

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
        waiting = {
            pool.submit(_fetch_one, unit, address(unit.url), bench.blobs, net): unit
            for unit in missing
        }
        try:
            while waiting:
                came, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in came:
                    unit = waiting.pop(future)
                    future.result()
                    done += 1
                    bench.progress(Progress(done=done, total=len(wanted), line=unit.filename))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            net.stop()  # a large file that is still coming is not waited for
            raise


def _fetch_one(unit: Unit, url: str, blobs: Blobs, net: Net) -> None:
    target = temporary(blobs.incoming)
    limit = _UNDECLARED if unit.length is None else unit.length
    try:
        proven = net.fetch_to(url, target, limit=limit, sha256=unit.sha256)
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
