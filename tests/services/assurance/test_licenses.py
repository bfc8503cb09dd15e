from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.base.finding import Outcome
from peso.services.assurance.licenses import allowed

NAMES = (
    "MIT",
    "Apache-2.0",
    "BSD-3-Clause",
    "GPL-3.0-or-later WITH GCC-exception-3.1",
    "LicenseRef-Ours",
)


@pytest.mark.parametrize(
    ("expression", "outcome"),
    [
        ("MIT", "pass"),
        ("mit", "pass"),
        ("GPL-2.0-only", "fail"),
        ("MIT OR GPL-2.0-only", "pass"),
        ("GPL-2.0-only OR MIT", "pass"),
        ("MIT AND GPL-2.0-only", "fail"),
        ("MIT AND BSD-3-Clause", "pass"),
        ("MIT AND (GPL-2.0-only OR BSD-3-Clause)", "pass"),
        ("MIT AND (GPL-2.0-only OR LGPL-2.1-only)", "fail"),
        ("GPL-3.0-or-later", "fail"),
        ("GPL-3.0-or-later WITH GCC-exception-3.1", "pass"),
        ("GPL-3.0-or-later WITH Classpath-exception-2.0", "fail"),
        ("Apache-2.0 WITH LLVM-exception", "pass"),
        ("Apache-2.0 WITH made-up-exception", "unknown"),
        ("LicenseRef-Ours", "pass"),
        ("LicenseRef-Theirs", "unknown"),
        ("LicenseRef-scancode-proprietary-license", "unknown"),
        ("Made-Up-1.0", "unknown"),
        ("MIT OR Made-Up-1.0", "pass"),
        ("MIT AND Made-Up-1.0", "unknown"),
        ("GPL-2.0-only AND Made-Up-1.0", "fail"),
        ("GPL-2.0-only OR Made-Up-1.0", "unknown"),
        ("GCC-exception-3.1", "unknown"),
        ("", "unknown"),
        ("   ", "unknown"),
        ("MIT AND", "unknown"),
        ("the usual (see file", "unknown"),
    ],
)
def test_an_expression_is_judged(expression: str, outcome: str) -> None:
    assert allowed(expression, NAMES).outcome == outcome


def test_the_reason_names_what_is_not_allowed() -> None:
    verdict = allowed("MIT AND GPL-2.0-only AND AGPL-3.0-only", NAMES)
    assert verdict.reason == "GPL-2.0-only is not allowed; AGPL-3.0-only is not allowed"
    assert allowed("MIT OR GPL-2.0-only", NAMES).reason is None


def test_nothing_is_allowed_by_nothing() -> None:
    assert allowed("MIT", ()).outcome is Outcome.FAIL


TERMS = st.recursive(
    st.sampled_from(["MIT", "GPL-2.0-only", "BSD-3-Clause", "LicenseRef-X", "MPL-2.0"]),
    lambda inner: st.builds(
        lambda left, operator, right: f"({left} {operator} {right})",
        inner,
        st.sampled_from(["AND", "OR"]),
        inner,
    ),
    max_leaves=6,
)


@given(TERMS, st.sets(st.sampled_from(["MIT", "GPL-2.0-only", "BSD-3-Clause", "MPL-2.0"])))
def test_allowing_more_never_turns_a_yes_into_a_no(expression: str, names: set[str]) -> None:
    if allowed(expression, names).ok:
        assert allowed(expression, names | {"ISC", "GPL-2.0-only"}).ok


@given(TERMS, TERMS, st.sets(st.sampled_from(["MIT", "GPL-2.0-only", "MPL-2.0"])))
def test_and_is_the_worst_and_or_the_best_of_both(left: str, right: str, names: set[str]) -> None:
    order = [Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS]
    sides = [order.index(allowed(side, names).outcome) for side in (left, right)]
    assert order.index(allowed(f"{left} AND {right}", names).outcome) == min(sides)
    assert order.index(allowed(f"{left} OR {right}", names).outcome) == max(sides)
