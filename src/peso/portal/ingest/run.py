"""Run: what somebody names is looked at, and taken in by what it is.

1. A folder is a publication, a ledger or a workspace; a workspace has products, stacks, recipes, a
   ledger and a publication of its own.
2. What was taken in with the same digest before is not read again, so an ingest that was killed
   goes on where it stood: each thing is one transaction, and is noted in it.
3. What is refused is noted with its reason, and the rest goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.db import DataError, IntegrityError, transaction

from peso.api.catalog import open_catalog
from peso.base.digest import sha256_bytes
from peso.base.ledger import Blobs, Ledger
from peso.base.net import Net
from peso.ecosystem import FILE
from peso.errors import BadInput, PesoError
from peso.portal.ingest.facts import cut, facts_of, logs_of, logs_of_run, results_of
from peso.portal.ingest.keep import keep
from peso.portal.ingest.ledger import Accounts, Reader, Unreadable, accounts, is_ledger
from peso.portal.ingest.logs import errors_in, link_logs, take_logs
from peso.portal.ingest.products import digest_of, take_products
from peso.portal.ingest.publication import is_publication, open_publication
from peso.portal.ingest.recipes import take_recipes
from peso.portal.ingest.rows import plain_text
from peso.portal.ingest.stacks import take_stacks
from peso.portal.ingest.taken import Ingested, Taken
from peso.portal.store.generation import changed
from peso.portal.store.models import Source
from peso.services.delivery.layout.places import METADATA, root_file

_LEDGER: Final = Path(".peso/ledger")
_PUBLICATION: Final = "public"
_LONGEST: Final = 1000
"""Letters of a place that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What ingesting may use."""

    blobs: Blobs
    """Where logs are kept."""
    trust: Path
    """The folder of pinned roots."""
    root: Path | None
    """A root that is pinned for this run."""
    unsafe_development_keys: bool
    clock: Callable[[], datetime]
    seen: Callable[[str], None]
    """Is told what is being taken in."""


def ingest(places: Iterable[Path], ways: Ways) -> Ingested:
    """Take in what is at some places.

    Raises:
        BadInput: a place is nothing that can be taken in; nothing was done then.
    """
    named = [(place, _reader(place)) for place in places]
    return Ingested(
        taken=tuple(one for place, read in named for one in _noted(read(place, ways), ways))
    )


def _reader(place: Path) -> Callable[[Path, Ways], Iterator[Taken]]:
    for fits, read in READERS:
        if fits(place):
            return read
    raise BadInput(
        "this is no workspace, ledger or publication",
        where=str(place),
        hint="name a folder with peso.yaml, a ledger (.peso/ledger), or a publication (public)",
    )


def _workspace(place: Path, ways: Ways) -> Iterator[Taken]:
    """Take in what a workspace holds: recipes first, for products say what their recipes say."""
    yield from _recipes(place, ways)
    digest = digest_of(place)
    if not _known("products", "products", digest):
        ways.seen("products")
        yield from take_products(place)
        _note("products", "products", digest, ways)
    ways.seen("stacks")
    yield from take_stacks(place)
    own = place / _PUBLICATION
    if is_publication(own):
        # The workspace's own: what it delivers is known here, development keys and all.
        root = root_file(own)
        trusted = Ways(
            blobs=ways.blobs,
            trust=ways.trust,
            root=ways.root or (root if root.is_file() else None),
            unsafe_development_keys=True,
            clock=ways.clock,
            seen=ways.seen,
        )
        yield from _publication(own, trusted)
    if is_ledger(place / _LEDGER):
        yield from _ledger(place / _LEDGER, ways)


def _recipes(place: Path, ways: Ways) -> Iterator[Taken]:
    try:
        catalog = open_catalog(folder=place)
    except BadInput:
        return  # none was indexed: the pages say how that is done
    ways.seen("recipes")
    try:
        yield from take_recipes(catalog)
    except PesoError as error:
        yield Taken(kind="recipes", place="recipes", state="refused", reason=error.message)
    finally:
        catalog.close()


def _ledger(place: Path, ways: Ways) -> Iterator[Taken]:
    ledger = Ledger(place)
    for one in accounts(ledger):
        if isinstance(one, Unreadable):
            yield Taken(kind="ledger", place=one.place, state="refused", reason=one.reason)
        elif _known("ledger", one.place, one.digest):
            yield Taken(kind="ledger", place=one.place, state="unchanged")
        else:
            ways.seen(one.place)
            yield from _version(one, ledger, ways)


def _version(of: Accounts, ledger: Ledger, ways: Ways) -> Iterator[Taken]:
    """Take in all that a ledger has of one version, in one transaction."""
    reader = Reader(ledger)
    try:
        with transaction.atomic():
            rows = _rows(of, reader, ledger, ways)
            _note("ledger", of.place, of.digest, ways)
    except (DataError, IntegrityError) as error:
        reason = f"the database does not take it: {str(error).splitlines()[0]}"
        yield Taken(kind="ledger", place=of.place, state="refused", reason=reason)
        return
    for fault in reader.faults:
        yield Taken(kind="record", place=fault.place, state="refused", reason=fault.reason)
    yield Taken(kind="ledger", place=of.place, state="taken", rows=rows)


def _rows(of: Accounts, reader: Reader, ledger: Ledger, ways: Ways) -> int:
    """Keep a version; returns how many rows that were."""
    found = reader.release(of)
    if found is None:
        return 0
    find = errors_in(lambda sha256, limit: ledger.blobs.read(sha256, limit=limit))
    link_logs(logs_of(found.records), ledger.blobs, ways.blobs)
    kept = keep(facts_of(found.release, found.records, find))
    rows = kept.rows
    for run in reader.further_runs(of, found) if kept.release else ():
        link_logs(logs_of_run(run), ledger.blobs, ways.blobs)
        rows += kept.add(run.platform, tuple(results_of(found.release, run, find)))
    return rows


def _publication(place: Path, ways: Ways) -> Iterator[Taken]:
    digest = sha256_bytes((place / METADATA / "timestamp.json").read_bytes())
    if _known("publication", place.name, digest):
        yield Taken(kind="publication", place=place.name, state="unchanged")
        return
    with Net(offline=True) as net:
        try:
            releases, read = open_publication(
                place,
                root=ways.root,
                state=ways.trust,
                unsafe_development_keys=ways.unsafe_development_keys,
                net=net,
                now=ways.clock(),
            )
            for one in releases:
                release = one.release
                where = f"{release.channel}/{release.stack}-{release.version}"
                ways.seen(where)
                take_logs(one.logs, read, ways.blobs)
                with transaction.atomic():
                    rows = keep(facts_of(release, one.records, errors_in(read))).rows
                yield Taken(kind="publication", place=where, state="taken", rows=rows)
        except PesoError as error:
            said = f"{error.message} ({error.where})" if error.where else error.message
            yield Taken(kind="publication", place=place.name, state="refused", reason=said)
            return
    _note("publication", place.name, digest, ways)


def _known(kind: str, place: str, digest: str) -> bool:
    return Source.objects.filter(
        kind=kind, place=place, digest=digest, state=Source.State.TAKEN
    ).exists()


def _note(kind: str, place: str, digest: str, ways: Ways) -> None:
    """Note what was taken in, and that the store changed."""
    _say(kind, place, ways, digest=digest, state=Source.State.TAKEN)


@transaction.atomic
def _say(  # noqa: PLR0913 - a row's fields
    kind: str, place: str, ways: Ways, *, state: str, digest: str = "", reason: str = ""
) -> None:
    said = {"digest": digest, "state": state, "reason": reason, "seen": ways.clock()}
    Source.objects.update_or_create(
        kind=kind, place=cut(plain_text(place), _LONGEST), defaults=said
    )
    changed()


def _noted(several: Iterator[Taken], ways: Ways) -> Iterator[Taken]:
    """Pass on what was looked at, and note what was refused."""
    for one in several:
        if one.state == "refused":
            _say(
                one.kind,
                one.place,
                ways,
                state=Source.State.REFUSED,
                reason=plain_text(one.reason),
            )
        yield one


def _is_workspace(place: Path) -> bool:
    return (place / FILE).is_file()


READERS: Final = (
    (is_publication, _publication),
    (is_ledger, _ledger),
    (_is_workspace, _workspace),
)
"""What a folder is, and what takes it in; the first that fits."""
