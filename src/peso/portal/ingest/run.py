"""Run: what somebody names is looked at, and taken in by what it is.

1. A folder is a publication, a ledger or a workspace; a workspace has products, a consortium,
   stacks, recipes, a ledger, a publication and an `upstream.yaml` of its own. Several live side by
   side, each known by the name in its `peso.yaml`; what one no longer has takes nothing from
   another. The consortium is the last one that was read.
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
from peso.base.yamls import parse_record
from peso.ecosystem import FILE
from peso.errors import BadInput, PesoError
from peso.partnerships.consortium.privacy import without_addresses
from peso.portal.ingest.consortium import digest_of_consortium, take_consortium
from peso.portal.ingest.facts import cut, facts_of, logs_of, logs_of_run, results_of
from peso.portal.ingest.files import take_files
from peso.portal.ingest.keep import keep
from peso.portal.ingest.ledger import Accounts, Reader, Unreadable, accounts, is_ledger
from peso.portal.ingest.logs import errors_in, link_logs, take_logs
from peso.portal.ingest.products import digest_of, take_products
from peso.portal.ingest.publication import is_publication, open_publication
from peso.portal.ingest.recipes import take_recipes
from peso.portal.ingest.rows import plain_text
from peso.portal.ingest.stacks import take_stacks
from peso.portal.ingest.taken import Ingested, Taken, why
from peso.portal.ingest.upstream import FILE as UPSTREAM
from peso.portal.ingest.upstream import forget_upstream, is_upstream, take_upstream
from peso.portal.store.generation import changed
from peso.portal.store.models import Source
from peso.services.delivery.layout.places import METADATA, root_file
from peso.workspace_settings import Settings

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
        "this is no workspace, ledger or publication, and no file on upstream versions",
        where=str(place),
        hint="name a folder with peso.yaml, a ledger (.peso/ledger), a publication (public), or an"
        " upstream.yaml",
    )


def _workspace(place: Path, ways: Ways) -> Iterator[Taken]:
    """Take in what a workspace holds: recipes first, for products say what their recipes say."""
    try:
        name = parse_record(Settings, place / FILE).name
    except BadInput as error:
        reason = why(error, place / FILE)
        yield Taken(kind="workspace", place=FILE, state="refused", reason=reason)
        return
    yield from _recipes(place, name, ways)
    digest = digest_of(place)
    if not _known("products", name, digest):
        ways.seen("products")
        yield from take_products(place, name)
        _note("products", name, digest, ways)
    yield from _consortium(place, name, ways)
    take_files(place, name)
    ways.seen("stacks")
    yield from take_stacks(place, name)
    said = f"{name}/{UPSTREAM}"
    if (place / UPSTREAM).is_file():
        yield from _upstream(place / UPSTREAM, ways, said)
    else:
        forget_upstream(said)
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
        yield from _publication(own, trusted, f"{name}/{own.name}")
    if is_ledger(place / _LEDGER):
        yield from _ledger(place / _LEDGER, ways)


def _consortium(place: Path, name: str, ways: Ways) -> Iterator[Taken]:
    """Take in the consortium, after the products: it says who stewards which."""
    digest = digest_of_consortium(place, name)
    if digest and not _known("consortium", "consortium", digest):
        ways.seen("consortium")
        with transaction.atomic():
            taken = take_consortium(place, name, ways.clock())
            _note("consortium", "consortium", digest, ways)
        yield from taken


def _upstream(file: Path, ways: Ways, called: str = "") -> Iterator[Taken]:
    place, digest = called or file.name, sha256_bytes(file.read_bytes())
    if _known("upstream", place, digest):
        yield Taken(kind="upstream", place=place, state="unchanged")
        return
    taken = take_upstream(file, place)
    if taken.state == "taken":
        _note("upstream", place, digest, ways)
    yield taken


def _recipes(place: Path, name: str, ways: Ways) -> Iterator[Taken]:
    try:
        catalog = open_catalog(folder=place)
    except BadInput:
        return  # none was indexed: the pages say how that is done
    ways.seen("recipes")
    try:
        yield from take_recipes(catalog, name)
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


def _publication(place: Path, ways: Ways, called: str = "") -> Iterator[Taken]:
    name = called or place.name
    digest = sha256_bytes((place / METADATA / "timestamp.json").read_bytes())
    if _known("publication", name, digest):
        yield Taken(kind="publication", place=name, state="unchanged")
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
            yield Taken(kind="publication", place=name, state="refused", reason=said)
            return
    _note("publication", name, digest, ways)


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
                reason=without_addresses(plain_text(one.reason)),
            )
        yield one


def _is_workspace(place: Path) -> bool:
    return (place / FILE).is_file()


READERS: Final = (
    (is_publication, _publication),
    (is_ledger, _ledger),
    (_is_workspace, _workspace),
    (is_upstream, _upstream),
)
"""What a folder is, and what takes it in; the first that fits."""
