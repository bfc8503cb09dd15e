"""What a ledger says is taken in once, as far as it is proven; what does not fit is named."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.portal.hostile import file_account, newest_account
from tests.portal.standing import Portal

from peso.base.digest import canonical_json
from peso.base.ledger import Ledger
from peso.portal.ingest.run import ingest
from peso.portal.ingest.taken import Ingested
from peso.portal.store.models import (
    Cell,
    Product,
    Recipe,
    Release,
    ReleaseUnit,
    Source,
    StackRoot,
    TestResult,
)

TABLES = (Cell, Product, Recipe, Release, ReleaseUnit, StackRoot, TestResult)


@pytest.fixture
def ledger(written: Portal, tmp_path: Path) -> Path:
    """A copy of the ecosystem's ledger, to be changed; what it says is no longer in the portal."""
    Release.objects.all().delete()
    Source.objects.filter(kind="ledger").delete()
    return Path(shutil.copytree(written.eco / ".peso" / "ledger", tmp_path / "ledger"))


def _take(portal: Portal, place: Path, tmp_path: Path) -> Ingested:
    return ingest([place], portal.ways(tmp_path / "trust"))


def _counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in TABLES}


def _refused(done: Ingested) -> list[tuple[str, str]]:
    return [(one.place, one.reason) for one in done.taken if one.state == "refused"]


def _versions() -> set[str]:
    return set(Release.objects.values_list("version", flat=True))


def test_the_same_again_changes_nothing(written: Portal, tmp_path: Path) -> None:
    before = _counts()

    done = _take(written, written.eco, tmp_path)

    assert _counts() == before
    assert {one.state for one in done.taken} == {"unchanged"}


def test_the_same_without_its_notes_doubles_nothing(written: Portal, tmp_path: Path) -> None:
    """As after an ingest that was killed before it noted what it had done."""
    before = _counts()
    Source.objects.all().delete()

    _take(written, written.eco, tmp_path)

    assert _counts() == before


def test_a_ledger_alone_tells_of_every_delivery(
    written: Portal, ledger: Path, tmp_path: Path
) -> None:
    done = _take(written, ledger, tmp_path)

    assert _refused(done) == []
    assert _versions() == {"1.0", "1.1", "1.2"}
    assert not Release.objects.filter(published=True).exists()


def test_what_a_publication_proved_is_not_replaced(written: Portal, tmp_path: Path) -> None:
    ledger = Path(shutil.copytree(written.eco / ".peso" / "ledger", tmp_path / "ledger"))
    account = newest_account(ledger) | {
        "version": "1.1",
        "finished": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
    }
    file_account(Ledger(ledger), account)
    Source.objects.filter(kind="ledger").delete()
    cells = Cell.objects.get(release__version="1.1").state

    _take(written, ledger, tmp_path)

    proven = Release.objects.get(version="1.1")
    assert (proven.published, proven.verdict) == (True, "pass")
    assert Cell.objects.get(release=proven).state == cells == "pass"
    assert not proven.units.filter(outcome="failed").exists()


def test_a_damaged_account_is_refused_and_the_rest_taken(
    written: Portal, ledger: Path, tmp_path: Path
) -> None:
    damaged = ledger / "delivery" / f"{Ledger(ledger).list('delivery')[-1].key}.json"
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes().replace(b'"1.2"', b'"9.9"', 1))

    done = _take(written, ledger, tmp_path)

    assert _refused(done) == [(f"delivery/{damaged.stem}", "it does not match its digests")]
    assert _versions() == {"1.0", "1.1"}
    said = Source.objects.get(place=f"delivery/{damaged.stem}")
    assert (said.state, said.reason) == ("refused", "it does not match its digests")


def test_a_damaged_record_is_refused_and_its_release_told_without_it(
    written: Portal, ledger: Path, tmp_path: Path
) -> None:
    key = {one["step"]: one["key"] for one in newest_account(ledger)["steps"]}["test"]
    damaged = ledger / "test" / f"{key}.json"
    damaged.chmod(0o644)
    damaged.write_bytes(damaged.read_bytes().replace(b"edge", b"ledge", 1))

    done = _take(written, ledger, tmp_path)

    assert _refused(done) == [(f"test/{key}", "it does not match its digests")]
    assert _versions() == {"1.0", "1.1", "1.2"}
    assert not TestResult.objects.filter(release__version="1.2").exists()


def test_a_record_that_does_not_fit_its_schema_is_refused_with_what_is_wrong(
    written: Portal, ledger: Path, tmp_path: Path
) -> None:
    key = {one["step"]: one["key"] for one in newest_account(ledger)["steps"]}["scan"]
    payload = canonical_json({"inputs": {}, "record": {"nonsense": True}})
    Ledger(ledger).append("scan", key, payload, made=datetime.now(UTC))

    done = _take(written, ledger, tmp_path)

    ((place, reason),) = _refused(done)
    assert place == f"scan/{key}"
    assert reason.startswith("it does not fit its schema: ")
    assert _versions() == {"1.0", "1.1", "1.2"}


@pytest.mark.parametrize(
    "change",
    [
        {"version": "1/2"},
        {"version": "../../../about"},
        {"stack": "a?b#c"},
        {"channel": "javascript:alert(1)"},
        {"stack": "<script>"},
        {"version": "x" * 101},
    ],
)
def test_a_name_that_is_no_address_is_refused(
    written: Portal, ledger: Path, tmp_path: Path, change: dict[str, str]
) -> None:
    account = newest_account(ledger) | change
    Ledger(ledger).append("delivery", "evil", canonical_json(account), made=datetime.now(UTC))

    done = _take(written, ledger, tmp_path)

    ((place, reason),) = _refused(done)
    assert place == "delivery/evil"
    assert "does not fit its schema" in reason
    assert _versions() == {"1.0", "1.1", "1.2"}


def test_cells_are_what_their_runs_add_up_to(written: Portal, ledger: Path, tmp_path: Path) -> None:
    _take(written, ledger, tmp_path)

    for cell in Cell.objects.all():
        runs = TestResult.objects.filter(
            release=cell.release, platform=cell.platform, product=cell.product
        )
        counted = {word: runs.filter(outcome=word).count() for word in ("pass", "fail", "unknown")}
        assert (cell.passed, cell.failed, cell.unknown) == tuple(counted.values())
        assert cell.last == max(run.at for run in runs)
    assert Cell.objects.get(release__version="1.2").state == "fail"
