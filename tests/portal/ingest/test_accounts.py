"""A ledger's accounts: all runs of a version; what is damaged is named, and the rest goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.portal.made import Sizes, write_ledger
from tests.portal.standing import Portal

from peso.base.ledger import Blobs, Ledger
from peso.portal.ingest.ledger import Accounts, Reader, Unreadable, accounts
from peso.portal.ingest.logs import link_logs
from peso.portal.ingest.run import ingest
from peso.portal.ingest.taken import Ingested
from peso.portal.store.models import Cell, Release, Source, TestResult
from peso.products.engines.port import Artifact

SIZES = Sizes(results=240, releases=2, platforms=3, products=4, units=9)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    folder = tmp_path / "ledger"
    write_ledger(folder, SIZES)
    return folder


def _take(portal: Portal, ledger: Path) -> Ingested:
    return ingest([ledger], portal.ways(ledger.parent / "trust"))


def _runs(version: str = "26.00") -> int:
    return TestResult.objects.filter(release__stack="week", release__version=version).count()


def _damage(ledger: Path, kind: str, number: int = 0) -> str:
    path = sorted((ledger / kind).glob("*.json"))[number]
    path.write_bytes(path.read_bytes().replace(b'"', b"'", 1))
    return path.stem


def test_versions_come_with_all_their_accounts(ledger: Path) -> None:
    found = [one for one in accounts(Ledger(ledger)) if isinstance(one, Accounts)]
    assert [one.place for one in found] == ["testing/week-26.00", "testing/week-26.01"]
    assert [len(one.several) for one in found] == [3, 3]
    moments = [one.finished for one in found[0].several]
    assert moments == sorted(moments, reverse=True)


def test_every_platform_of_a_version_is_taken(written: Portal, ledger: Path) -> None:
    done = _take(written, ledger)
    assert [(one.kind, one.state) for one in done.taken] == [("ledger", "taken")] * 2
    assert _runs() == 120
    assert Cell.objects.filter(release__stack="week").values("platform").distinct().count() == 3
    assert Release.objects.get(stack="week", version="26.00").units.count() == 9


def test_the_same_again_changes_nothing(written: Portal, ledger: Path) -> None:
    _take(written, ledger)
    again = _take(written, ledger)
    assert {one.state for one in again.taken} == {"unchanged"}
    assert _runs() == 120


def test_another_platform_is_added_later(written: Portal, ledger: Path) -> None:
    _take(written, ledger)
    write_ledger(ledger, Sizes(results=320, releases=2, platforms=4, products=4, units=9))
    _take(written, ledger)
    assert _runs() == 160


def test_a_damaged_account_is_refused_and_the_rest_is_taken(written: Portal, ledger: Path) -> None:
    key = _damage(ledger, "delivery")
    done = _take(written, ledger)
    refused = [one for one in done.taken if one.state == "refused"]
    assert [(one.place, one.reason) for one in refused] == [
        (f"delivery/{key}", "it does not match its digests")
    ]
    assert _runs("26.00") + _runs("26.01") == 200


def test_a_damaged_record_is_refused_and_the_rest_is_taken(written: Portal, ledger: Path) -> None:
    key = _damage(ledger, "test")
    done = _take(written, ledger)
    assert [one.place for one in done.taken if one.state == "refused"] == [f"test/{key}"]
    assert _runs("26.00") + _runs("26.01") == 200
    assert Source.objects.get(kind="record").reason == "it does not match its digests"


def test_a_record_of_another_form_is_refused_with_the_place(written: Portal, ledger: Path) -> None:
    filed = Ledger(ledger)
    entry = filed.list("test")[0]
    filed.append("test", entry.key, b'{"inputs":{},"record":{"platform":1}}', made=entry.made)
    done = _take(written, ledger)
    (refused,) = [one for one in done.taken if one.state == "refused"]
    assert refused.place == f"test/{entry.key}"
    assert refused.reason.startswith("it does not fit its schema: record.platform: ")
    assert _runs("26.00") + _runs("26.01") == 200


def test_where_the_newest_plan_is_damaged_an_older_account_says_what_the_release_is(
    ledger: Path,
) -> None:
    filed = Ledger(ledger)
    of = next(one for one in accounts(filed) if isinstance(one, Accounts))
    plan = of.several[0].key("plan")
    filed.append("plan", plan, b'{"inputs":{},"record":{}}', made=of.several[0].finished)
    reader = Reader(filed)
    assert reader.release(of) is None  # all three share the one plan
    assert [one.place for one in reader.faults] == [f"plan/{plan}"] * 3


def test_an_account_without_a_plan_is_no_release(tmp_path: Path) -> None:
    assert list(accounts(Ledger(tmp_path))) == []


def test_what_is_no_account_is_named(ledger: Path) -> None:
    filed = Ledger(ledger)
    filed.append("delivery", "aa", b'{"stack":"x"}', made=filed.list("delivery")[0].made)
    (wrong,) = [one for one in accounts(filed) if isinstance(one, Unreadable)]
    assert wrong.place == "delivery/aa"
    assert "does not fit its schema" in wrong.reason


def test_a_log_of_a_ledger_is_linked_and_one_that_is_damaged_is_left(
    ledger: Path, tmp_path: Path
) -> None:
    filed, kept = Ledger(ledger).blobs, Blobs(tmp_path / "kept")
    one, other = sorted((filed.root / "sha256").glob("*/*"))[:2]
    logs = [
        Artifact(
            role="log",
            path="log",
            media_type="text/plain",
            length=path.stat().st_size,
            sha256=path.name,
        )
        for path in (one, other, one)
    ]
    other.write_bytes(b"x" * other.stat().st_size)
    assert link_logs(logs, filed, kept) == 1
    assert kept.path(one.name).samefile(one)
    assert not kept.has(other.name)
    assert link_logs(logs, filed, kept) == 0
