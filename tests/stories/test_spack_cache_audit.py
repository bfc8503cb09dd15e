"""A facility is offered a build cache of Spack. What can it prove of it, and what can it not?

Each folder of `tests/spack_caches` is one cache with one fault; Spack made them all.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.facility import serve
from tests.spack_cache_files import CACHES, PUBLISHER, STRANGER_KEY

import peso
from peso.base.finding import Outcome
from peso.cli.app import run
from peso.errors import BadInput
from peso.services.delivery.audit.facts import Question
from peso.services.delivery.audit.report import CacheAudited

BASE, TOP = "tiny-base@1.1/ryyjpd6", "tiny-top@1.1/oox5yw2"
KEYRING = CACHES / "publisher.asc"
needs_gpg = pytest.mark.skipif(shutil.which("gpg") is None, reason="no gpg on this machine")

WRONG = {
    "whole": (),
    "unsigned": (),
    "signed-by-unknown-key": (),
    "swapped-pair": ((BASE, Question.PLACE, "swapped"), (TOP, Question.PLACE, "swapped")),
    "replayed-older-pair": (),
    "hidden-in-index": ((TOP, Question.INDEXED, "additional"),),
    "added-to-index": (
        ("tiny-base@1.1/7bryg5n", Question.MANIFEST, "missing"),
        ("tiny-base@1.1/7bryg5n", Question.INDEXED, "missing"),
    ),
    "edited-in-index": ((BASE, Question.INDEX_SPEC, "changed"),),
    "changed-archive": ((BASE, Question.ARCHIVE_BLOB, "changed"),),
    "truncated-blob": ((BASE, Question.ARCHIVE_BLOB, "changed"),),
    "wrong-hash-in-spec": (
        (BASE, Question.SPEC_HASH, "changed"),
        (BASE, Question.ARCHIVE_SPEC, "changed"),
    ),
    "other-unit-in-archive": (
        (BASE, Question.ARCHIVE_SPEC, "swapped"),
        (BASE, Question.ALONE, "swapped"),
        (TOP, Question.ALONE, "swapped"),
    ),
    "two-manifests-of-one-hash": (
        ("tiny-base@1.0/ryyjpd6", Question.PLACE, "swapped"),
        ("tiny-base@1.0/ryyjpd6", Question.INDEXED, "additional"),
        ("tiny-base@1.0/ryyjpd6", Question.ALONE, "additional"),
        (BASE, Question.ALONE, "additional"),
    ),
}


def wrong_of(report: CacheAudited) -> set[tuple[str, str, str]]:
    return {
        (one.subject, one.rule.removeprefix("cache/"), one.message.rpartition("(")[2].rstrip(")"))
        for one in report.findings
        if one.level == "high"
    }


def counts(report: CacheAudited, question: Question) -> tuple[int, int, int]:
    (one,) = (each for each in report.asked if each.question is question)
    return one.proven, one.not_provable, one.wrong


@pytest.mark.parametrize("fault", WRONG)
def test_every_fault_is_told_and_nothing_else(fault: str) -> None:
    report = peso.audit_cache(CACHES / fault)
    assert wrong_of(report) == set(WRONG[fault])
    assert not report.ok
    expected = Outcome.FAIL if WRONG[fault] else Outcome.UNKNOWN
    assert report.trusted.outcome is expected
    assert report.consistent.outcome is (Outcome.FAIL if WRONG[fault] else Outcome.PASS)
    assert (report.reason is None) is (not WRONG[fault])


@pytest.mark.parametrize("fault", WRONG)
def test_what_cannot_be_proven_is_taken_only_where_nothing_is_wrong(fault: str) -> None:
    report = peso.audit_cache(CACHES / fault, unsafe_unproven=True)
    assert report.ok is (not WRONG[fault])
    assert not report.trusted.ok


def test_unsigned_is_said_loudly(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--spack-cache", str(CACHES / "unsigned")]) == 1
    said = capsys.readouterr().out
    assert "UNSIGNED: 2 units" in said
    assert said.startswith("unknown: nothing is wrong")
    report = peso.audit_cache(CACHES / "unsigned")
    assert counts(report, Question.SIGNED) == (0, 2, 0)
    assert [(one.key, one.units, one.verified) for one in report.signers] == [("unsigned", 2, 0)]


def test_a_signature_nobody_verified_is_no_proof() -> None:
    report = peso.audit_cache(CACHES / "signed-by-unknown-key")
    assert counts(report, Question.SIGNED) == (0, 2, 0)
    assert [one.key[-16:] for one in report.signers] == [STRANGER_KEY]
    assert counts(report, Question.BOUND) == (0, 2, 0)


@needs_gpg
def test_a_verified_signature_reaches_the_hash_and_still_says_nothing_of_time() -> None:
    report = peso.audit_cache(CACHES / "whole", keyring=KEYRING)
    assert counts(report, Question.SIGNED) == counts(report, Question.BOUND) == (2, 0, 0)
    assert [(one.key, one.verified) for one in report.signers] == [(PUBLISHER, 2)]
    assert counts(report, Question.FRESH) == (0, 1, 0)
    assert counts(report, Question.INDEX_SIGNED) == (0, 1, 0)
    assert report.trusted.outcome is Outcome.UNKNOWN


@needs_gpg
def test_an_older_pair_of_the_same_hash_cannot_be_told_and_that_is_said() -> None:
    report = peso.audit_cache(CACHES / "replayed-older-pair", keyring=KEYRING)
    assert wrong_of(report) == set()
    assert counts(report, Question.BOUND) == (2, 0, 0)
    (fresh,) = (one for one in report.findings if one.rule == "cache/fresh")
    assert "an older state of the whole cache, or of one unit, looks the same" in fresh.message
    assert report.trusted.reason is not None
    assert "older state" in report.trusted.reason


@needs_gpg
@pytest.mark.parametrize("cache", ["signed-by-unknown-key", "unsigned"])
def test_where_a_keyring_is_given_only_its_keys_count(cache: str) -> None:
    report = peso.audit_cache(CACHES / cache, keyring=KEYRING, unsafe_unproven=True)
    assert wrong_of(report) == {
        (BASE, "signed", "unknown-signer"),
        (TOP, "signed", "unknown-signer"),
    }
    assert not report.ok


def test_behind_an_address_what_the_index_hides_cannot_be_seen() -> None:
    with serve(CACHES / "hidden-in-index") as server:
        report = peso.audit_cache(server.url)
    assert wrong_of(report) == set()
    assert report.units == 1
    assert counts(report, Question.COMPLETE) == (0, 1, 0)


@pytest.mark.parametrize("fault", ["swapped-pair", "changed-archive", "added-to-index"])
def test_behind_an_address_the_other_faults_are_the_same(fault: str) -> None:
    with serve(CACHES / fault) as server:
        report = peso.audit_cache(server.url)
    assert wrong_of(report) == set(WRONG[fault])


def test_archives_may_be_left_out_and_that_is_said() -> None:
    report = peso.audit_cache(CACHES / "changed-archive", archives=False)
    assert wrong_of(report) == set()
    assert (
        counts(report, Question.ARCHIVE_BLOB) == counts(report, Question.ARCHIVE_SPEC) == (0, 2, 0)
    )
    assert report.consistent.outcome is Outcome.UNKNOWN
    assert "the bytes of archives" in report.not_looked_at
    shorter = peso.audit_cache(CACHES / "truncated-blob", archives=False)
    assert wrong_of(shorter) == {(BASE, "archive-blob", "changed")}


def test_layout_2_is_named_and_not_read() -> None:
    with pytest.raises(BadInput, match="layout 2"):
        peso.audit_cache(CACHES / "old-layout")
    with serve(CACHES / "old-layout") as server, pytest.raises(BadInput, match="layout 2"):
        peso.audit_cache(server.url)


def test_a_folder_that_is_no_cache_is_wrong_use(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no build cache"):
        peso.audit_cache(tmp_path)


def test_what_a_script_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["verify", "--spack-cache", str(CACHES / "swapped-pair"), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["reason"], said["trusted"]["outcome"]) == (False, "swapped", "fail")
    assert {one["hash"][:7] for one in said["audited"] if "place" in one["wrong"]} == {
        "ryyjpd6",
        "oox5yw2",
    }
    arguments = ["verify", "--spack-cache", str(CACHES / "whole"), "--unsafe-unproven", "-q"]
    assert run(arguments) == 0
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    "options",
    [
        ["--keyring", "keys.asc"],
        ["--unsafe-unproven"],
        ["--no-archives"],
        ["--spack-cache", "--root", "r"],
        ["--spack-cache", "--unsafe-development-keys"],
    ],
)
def test_an_option_that_would_be_passed_over_is_wrong_use(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["verify", str(CACHES / "whole"), *options]) == 2
    assert "build cache of Spack" in capsys.readouterr().err
