from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from peso.base.finding import Outcome
from peso.errors import BadInput
from peso.services.assurance.licenses import allowed
from peso.services.assurance.policy import Policy, age, load_policy, own_policy

EXAMPLE = Path(__file__).parents[3] / "examples" / "hpc-ai" / "policies" / "demonstration.yaml"
WHOLE = """\
schema: peso.policy/1
name: ours
expires: 2027-03-31
rules:
  tests: {passed: all}
  inventory: {complete: true}
  artifacts: {hashed: all}
  findings: {below: high, without_sources: accept}
  advisories: {sources: 2, newest_within: 12 w}
  evidence: {within: 36 h}
  licenses:
    allowed: [mit, GPL-3.0-or-later WITH GCC-exception-3.1]
    concluded:
      thing: {license: MIT, reason: read in LICENSE}
waivers:
  - rule: CVE-2026-1
    subject: pkg:pypi/a
    owner: A. Person
    reason: not reachable
    expires: 2026-12-31T18:00:00+01:00
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.yaml"


def test_a_policy_is_read(file: Path) -> None:
    file.write_text(WHOLE)
    policy = load_policy(file)
    assert policy.expires == datetime(2027, 3, 31, tzinfo=UTC)
    assert policy.waivers[0].expires == datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert policy.evidence_within == timedelta(hours=36)
    assert policy.rules.licenses is not None
    assert policy.rules.licenses.allowed[0] == "MIT"
    assert Policy.parse(policy.canonical()) == policy


def test_a_policy_without_rules_can_be_read_and_names_none(file: Path) -> None:
    file.write_text("schema: peso.policy/1\nname: empty\nrules: {}\n")
    policy = load_policy(file)
    assert policy.evidence_within is None
    assert set(policy.rules.plain().values()) == {None}


@pytest.mark.parametrize(
    ("line", "wrong", "where"),
    [
        ("tests: {passed: all}", "tests: {passed: most}", "6:"),
        ("tests: {passed: all}", "testz: {passed: all}", "6:"),
        ("complete: true", "complete: false", "7:"),
        ("below: high", "below: unknown", "9:"),
        ("sources: 2", "sources: 0", "10:"),
        ("within: 36 h", "within: 36", "11:"),
        ("within: 36 h", "within: 0 d", "11:"),
        ("allowed: [mit,", "allowed: [no license,", "13:"),
        ("reason: read in LICENSE", "reason: ''", "15:"),
        ("owner: A. Person", "owner: ''", "19:"),
        ("expires: 2026-12-31T18:00:00+01:00", "expires: never", "21:"),
    ],
)
def test_a_fault_has_its_place(file: Path, line: str, wrong: str, where: str) -> None:
    file.write_text("# a comment, so that lines differ\n" + WHOLE.replace(line, wrong))
    with pytest.raises(BadInput) as bad:
        load_policy(file)
    [fault] = bad.value.faults
    assert fault.where.startswith(f"{file}:{where}")


def test_the_example_of_the_reference_is_a_policy(file: Path) -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "gate-policy.md"
    file.write_text(page.read_text("utf-8").partition("```yaml\n")[2].partition("```")[0])
    policy = load_policy(file)
    assert None not in policy.rules.plain().values()
    assert policy.rules.exploited is not None
    assert policy.rules.exploited.without_catalog == "unknown"
    assert len(policy.waivers) == 1


def test_a_waiver_needs_all_of_it(file: Path) -> None:
    for key in ("owner", "reason", "expires", "subject"):
        lines = [one for one in WHOLE.splitlines() if not one.startswith(f"    {key}:")]
        file.write_text("\n".join(lines))
        with pytest.raises(BadInput, match=key):
            load_policy(file)


@pytest.mark.parametrize(
    ("text", "hours"), [("1 h", 1), ("36 h", 36), ("1 d", 24), ("30 d", 720), ("2 w", 336)]
)
def test_an_age_is_a_time(text: str, hours: int) -> None:
    assert age(text) == timedelta(hours=hours)


def test_pesos_own_policy_has_every_other_rule_and_needs_advisories() -> None:
    policy = own_policy()
    assert policy.name == "default"
    # Which products must be covered, and how soon fixes are due, only an organization can say.
    assert (policy.rules.coverage, policy.rules.fixed) == (None, None)
    others = {**policy.rules.plain(), "coverage": 0, "fixed": 0}
    assert None not in others.values()
    assert policy.rules.exploited is not None
    assert policy.rules.exploited.without_catalog == "unknown"
    assert policy.rules.findings is not None
    assert policy.rules.findings.without_sources == "unknown"
    assert policy.rules.licenses is not None
    names = policy.rules.licenses.allowed
    for no in ("GPL-3.0-or-later", "AGPL-3.0-only", "GPL-2.0-only", "LicenseRef-Ours"):
        assert not allowed(no, names).ok
    for yes in ("MIT", "LGPL-3.0-or-later", "MPL-2.0", "BSD-3-Clause AND 0BSD AND CC0-1.0"):
        assert allowed(yes, names).ok


def test_the_demonstrations_policy_is_the_default_but_for_what_it_says() -> None:
    policy, own = load_policy(EXAMPLE), own_policy()
    assert policy.name == "demonstration"
    theirs, ours = policy.rules, own.rules
    assert theirs.advisories is None
    assert (theirs.tests, theirs.inventory) == (ours.tests, ours.inventory)
    assert (theirs.artifacts, theirs.evidence) == (ours.artifacts, ours.evidence)
    assert theirs.findings is not None
    assert (theirs.findings.below, theirs.findings.without_sources) == ("high", "accept")
    assert theirs.licenses is not None
    assert ours.licenses is not None
    more = set(theirs.licenses.allowed) - set(ours.licenses.allowed)
    assert more == {"BSD-3-Clause-Open-MPI", "mpich2", "Qhull"}
    assert set(ours.licenses.allowed) < set(theirs.licenses.allowed)


def test_what_the_demonstration_concludes_is_allowed_and_says_what_was_read() -> None:
    licenses = load_policy(EXAMPLE).rules.licenses
    assert licenses is not None
    for name, one in licenses.concluded.items():
        assert allowed(one.license, licenses.allowed).outcome is Outcome.PASS, name
        assert "LICENSE" in one.reason, name
