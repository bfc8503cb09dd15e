"""The rule `whole`: a release of which a unit is not there is a no, whatever the policy says."""

from __future__ import annotations

from typing import Any

import pytest
from tests.native_locks import OPENMPI, Piece, build_of, full, lock_of
from tests.services.assurance.releases import NOW, release_of
from tests.services.assurance.releases import Piece as Wheel
from tests.services.assurance.test_gate import details, only, policy, said, waiver

from peso.base.finding import Outcome
from peso.base.ledger import Blobs
from peso.products.engines.native import FirstError, NativeBuild
from peso.products.engines.native import Outcome as NativeOutcome
from peso.services.assurance.gate import Evidence, GateVerdict, judge
from peso.services.integration.build import Build
from peso.services.integration.plan import Plan

LOCK = lock_of(
    Piece("h", "hypre", needs={"m": "link", "b": "link"}, root=True),
    Piece("b", "openblas", needs={"m": "build"}),
    Piece("m", "openmpi", external=OPENMPI),
    Piece("z", "zlib", root=True),
)


def evidence(blobs: Blobs, *builds: NativeBuild, locked: bool = True) -> Evidence:
    beside = release_of(blobs, Wheel("numpy", root=True))
    seen = beside.evidence()
    locks = (LOCK, *beside.plan().locks) if locked else beside.plan().locks
    return seen.model_copy(
        update={
            "plan": Plan(stack="mixed", version="1", locks=locks),
            "build": Build(parts=(*builds, *beside.build().parts), started=NOW, finished=NOW),
        }
    )


def judged(seen: Evidence, **more: Any) -> GateVerdict:  # noqa: ANN401
    return judge(policy({"tests": {"passed": "all"}}, **more), seen, now=NOW)


def failed(**said: Any) -> NativeBuild:  # noqa: ANN401
    """Return a build of which openblas failed, for which hypre was not tried."""
    build = build_of(LOCK, b="failed", h="not-tried")
    update = {
        full("b"): {"because": "it failed in the phase build", **said},
        full("h"): {"blocked_by": (full("b"),)},
    }
    units = tuple(one.model_copy(update=update.get(one.hash, {})) for one in build.units)
    return build.model_copy(update={"units": units})


def test_a_whole_build_is_a_yes_that_says_what_became_of_units(blobs: Blobs) -> None:
    verdict = judged(evidence(blobs, build_of(LOCK, z="reused", b="not-needed")))
    assert said(verdict, "whole") is Outcome.PASS
    assert details(verdict, "whole") == "1 built, 1 not-needed, 1 external, 1 reused"
    assert verdict.verdict.ok


def test_without_a_native_part_there_is_nothing_to_say(blobs: Blobs) -> None:
    verdict = judged(evidence(blobs, locked=False))
    assert "whole" not in {one.rule for one in verdict.rules}


def test_what_failed_is_named_with_its_error_and_what_it_kept(blobs: Blobs) -> None:
    error = FirstError(line=3, text="dgemm.c:7: error: no such thing", kind="compile")
    verdict = judged(evidence(blobs, failed(error=error)))
    assert said(verdict, "whole") is Outcome.FAIL
    assert details(verdict, "whole").splitlines()[0] == (
        "openblas@1.0/bxxxxxx: it failed in the phase build: dgemm.c:7: error: no such thing; "
        "not tried for it: hypre (unit-failed, high)"
    )
    assert len(details(verdict, "whole").splitlines()) == 2


def test_what_is_not_known_is_unknown(blobs: Blobs) -> None:
    verdict = judged(evidence(blobs, build_of(LOCK, z="not-known")))
    assert said(verdict, "whole") is Outcome.UNKNOWN
    assert not verdict.verdict.ok


def test_what_was_not_tried_for_nothing_that_failed_is_named_itself(blobs: Blobs) -> None:
    verdict = judged(evidence(blobs, build_of(LOCK, z="not-tried")))
    assert "zlib@1.0/zxxxxxx: it was not tried (unit-not-tried, high)" in details(verdict, "whole")


def test_a_unit_or_a_part_that_nobody_speaks_of_is_a_no(blobs: Blobs) -> None:
    build = build_of(LOCK)
    less = build.model_copy(update={"units": build.units[1:]})
    assert "hypre@1.0/hxxxxxx: the build says nothing of it" in details(
        judged(evidence(blobs, less)), "whole"
    )
    assert "native: it was not built" in details(judged(evidence(blobs)), "whole")
    assert "native: no lock of it was made" in details(
        judged(evidence(blobs, build, locked=False)), "whole"
    )


@pytest.mark.parametrize("rule", ["unit-failed", "whole"])
def test_nothing_waives_it(blobs: Blobs, rule: str) -> None:
    lifted = (
        waiver(rule=rule, subject="openblas@1.0/bxxxxxx"),
        waiver(rule=rule, subject="openblas"),
    )
    verdict = judged(evidence(blobs, failed()), waivers=lifted)
    assert said(verdict, "whole") is Outcome.FAIL
    assert verdict.waived == ()


def test_a_policy_that_names_no_rule_fails_all_the_same(blobs: Blobs) -> None:
    verdict = judge(policy({}), evidence(blobs, build_of(LOCK)), now=NOW)
    assert said(verdict, "whole") is Outcome.PASS
    assert said(verdict, "policy") is Outcome.FAIL


def test_of_many_that_were_not_tried_some_are_named(blobs: Blobs) -> None:
    words = "cdefghi"
    lock = lock_of(
        Piece("b", "base"), *(Piece(one, f"u{one}", needs={"b": "link"}) for one in words)
    )
    waiting: dict[str, NativeOutcome] = dict.fromkeys(words, "not-tried")
    build = build_of(lock, b="failed", **waiting)
    units = tuple(
        one.model_copy(update={"blocked_by": (full("b"),) if one.hash != full("b") else ()})
        for one in build.units
    )
    seen = evidence(blobs, build.model_copy(update={"units": units}))
    plan = seen.plan.model_copy(update={"locks": (lock, *seen.plan.python)})
    verdict = judged(seen.model_copy(update={"plan": plan}))
    assert "not tried for it: uc, ud, ue, uf, ug and 2 more" in details(verdict, "whole")


def test_the_account_names_every_unit_once(blobs: Blobs) -> None:
    build = build_of(LOCK)
    twice = build.model_copy(update={"units": (*build.units, build.units[0])})
    verdict = judge(only("artifacts", hashed="all"), evidence(blobs, twice), now=NOW)
    assert "more than once" in details(verdict, "artifacts")
    other = build.model_copy(update={"document": build.files[0]})
    verdict = judge(only("artifacts", hashed="all"), evidence(blobs, other), now=NOW)
    assert "it is not the lock that was made" in details(verdict, "artifacts")
