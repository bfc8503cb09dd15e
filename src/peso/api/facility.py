"""The facility's side: prove a publication, install from it, pin roots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from peso.base.net import Net
from peso.products.engines.port import Progress
from peso.services.delivery.facility import install as installing
from peso.services.delivery.facility import trust
from peso.services.delivery.facility import verify as verifying
from peso.services.delivery.facility.receipt import Receipt
from peso.services.delivery.facility.report import VerifyReport
from peso.workspace import Where, installing_bench, installing_engines, this_machine


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
    only: Sequence[str] = (),
    observer: Callable[[Progress], None] = lambda _progress: None,
) -> Receipt:
    """Prove one release of a publication, then install it offline from the bytes that were proven.

    Nothing else of the publication is looked at; `verify` proves all of it.

    Args:
        where: The folder of a publication, or its http(s) URL.
        prefix: Where to install; made new.
        release: `NAME` or `NAME@VERSION`; not needed where there is one stack.
        channel: Look in this channel only.
        root: As for `verify`.
        unsafe_development_keys: As for `verify`.
        unsafe_as_of: As for `verify`.
        only: Names of products; none: all. Of a native part these and what they need, a Python
            part whole.
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
            only=tuple(only),
        )


def pin_root(file: Where, sha256: str) -> trust.Pinned:
    """Pin a root: from now on, trust what its keys sign. `sha256` must come from elsewhere."""
    machine = this_machine()
    return trust.pin(Path(file), sha256, machine.state, machine.clock())


def pinned_roots() -> tuple[trust.Pinned, ...]:
    """Return the roots this user pinned."""
    return trust.pinned(this_machine().state)
