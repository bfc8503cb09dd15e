"""The rule `relocatable`: what objects, what is told, and what no policy asks."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.native_locks import Piece, lock_of
from tests.products.engines.spack.tiny import tiny_build, tiny_lock
from tests.relocations import leak, proof
from tests.services.assurance.test_native_gate import evidence

from peso.base.finding import Level, Outcome
from peso.base.ledger import Blobs
from peso.products.engines.relocation import Relocation
from peso.services.assurance.gate import RuleResult, Waiver, judge
from peso.services.assurance.gate_rules.evidence import Evidence
from peso.services.assurance.policy import Policy, own_policy
from peso.services.integration.relocate import Relocations, archives

NOW = datetime(2026, 11, 26, tzinfo=UTC)
LATER = datetime(2027, 11, 26, tzinfo=UTC)


@pytest.fixture
def seen(tmp_path: Path) -> Evidence:
    """A release with two archives, both moved."""
    blobs = Blobs(tmp_path / "blobs")
    lock = tiny_lock(blobs)
    build = tiny_build(lock, blobs)
    found = evidence(blobs, tmp_path / "advisories", lock, build)
    return with_proofs(found, *(proof(one) for _, one in archives(found.build)))


def with_proofs(seen: Evidence, *proofs: Relocation) -> Evidence:
    return seen.model_copy(update={"relocations": Relocations(made=NOW, proofs=proofs)})


def judged(seen: Evidence, *waivers: Waiver, **settings: Any) -> RuleResult:  # noqa: ANN401
    policy = Policy.model_validate(
        {
            "schema": "peso.policy/1",
            "name": "only",
            "rules": {"relocatable": {"units": "all", **settings}},
            "waivers": waivers,
        }
    )
    (found,) = (one for one in judge(policy, seen, now=NOW).rules if one.rule == "relocatable")
    return found


def test_all_moved_passes(seen: Evidence) -> None:
    assert judged(seen).verdict.ok


def test_an_archive_without_a_proof_is_unknown(seen: Evidence) -> None:
    found = judged(with_proofs(seen, *seen.relocations.proofs[:1]))
    assert found.verdict.outcome is Outcome.UNKNOWN
    assert "nobody tried to move it" in (found.verdict.reason or "")


def test_another_archive_of_the_same_unit_is_no_proof(seen: Evidence) -> None:
    one, other = seen.relocations.proofs
    changed = with_proofs(seen, one.model_copy(update={"archive": "0" * 64}), other)
    assert judged(changed).verdict.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("outcome", [Outcome.FAIL, Outcome.UNKNOWN])
def test_one_that_could_not_be_moved_is_never_a_pass(seen: Evidence, outcome: Outcome) -> None:
    one, other = seen.relocations.proofs
    found = judged(with_proofs(seen, proof(one, longer=outcome), other))
    assert found.verdict.outcome is outcome
    assert "into a longer folder: this is why" in (found.verdict.reason or "")


def test_a_folder_the_policy_does_not_name_is_told(seen: Evidence) -> None:
    one, other = seen.relocations.proofs
    found = judged(with_proofs(seen, proof(one, longer=Outcome.FAIL), other), into=("shorter",))
    assert found.verdict.ok
    assert any("into a longer folder: fail" in line for line in found.details)


def test_files_that_were_not_looked_at_are_unknown(seen: Evidence) -> None:
    one, other = seen.relocations.proofs
    found = judged(with_proofs(seen, one.model_copy(update={"unread": ("lib/x",)}), other))
    assert found.verdict.outcome is Outcome.UNKNOWN


def test_a_grave_build_path_objects_and_others_are_counted(seen: Evidence) -> None:
    one, other = seen.relocations.proofs
    leaks = (leak(Level.HIGH, "run path"), leak(Level.MEDIUM), leak(Level.NOTE, "debug"))
    found = judged(with_proofs(seen, proof(one, *leaks), other))
    assert found.verdict.outcome is Outcome.FAIL
    assert "lib/libx.so, offset 0x10: run path names <store>/x" in (found.verdict.reason or "")
    assert any("build paths below high: 1 note, 1 medium" in line for line in found.details)
    assert judged(with_proofs(seen, proof(one, *leaks[1:]), other)).verdict.ok
    stricter = judged(with_proofs(seen, proof(one, *leaks[1:]), other), leaks_below="medium")
    assert stricter.verdict.outcome is Outcome.FAIL


def test_a_waiver_lifts_it(seen: Evidence) -> None:
    one, other = seen.relocations.proofs
    waiver = Waiver(
        rule="not-relocatable", subject=one.label, owner="A", reason="known", expires=LATER
    )
    assert judged(with_proofs(seen, proof(one, longer=Outcome.FAIL), other), waiver).verdict.ok


def test_a_release_without_binaries_has_nothing_to_move(tmp_path: Path) -> None:
    lock = lock_of(Piece("a", "hypre", root=True))
    found = judged(evidence(Blobs(tmp_path / "blobs"), tmp_path / "advisories", lock))
    assert found.verdict.ok
    assert found.details == ("the release has no binaries of a native part",)


def test_pesos_own_policy_asks_for_a_shorter_folder() -> None:
    rule = own_policy().rules.relocatable
    assert rule is not None
    assert (rule.into, rule.leaks_below) == (("shorter",), "high")
