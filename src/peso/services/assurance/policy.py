"""Policy: the file that says what a release must meet before it may go out (`peso.policy/1`).

It holds rules, waivers and an expiry; it judges nothing, `gate.py` does. Each rule is optional, and
a policy without any rule fails every release. What may be said is in docs/reference/gate-policy.md.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Literal

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from pydantic import AfterValidator, BeforeValidator, Field

from peso.base.record import Record
from peso.base.yamls import parse_record
from peso.products.stack import Name
from peso.services.assurance.matching.confidence import Confidence
from peso.services.assurance.vex.record import Justification

_AGE = r"^[1-9][0-9]{0,4} (h|d|w)$"
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def _moment(value: object) -> object:
    """Read a date alone as its first moment: nothing holds longer than its writer may mean."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _utc(moment: datetime) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _expression(text: str) -> str:
    try:
        return str(canonicalize_license_expression(text))
    except InvalidLicenseExpression:
        raise ValueError(f"{text!r} is not an SPDX license expression") from None


Age = Annotated[str, Field(pattern=_AGE, examples=["30 d", "12 h", "2 w"])]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_utc)]
Expression = Annotated[str, AfterValidator(_expression)]
Text = Annotated[str, Field(min_length=1)]


def age(text: str) -> timedelta:
    """Return the time an `Age` stands for: `12 h`, `30 d`, `2 w`."""
    number, unit = text.split()
    return int(number) * _UNITS[unit]


class TestsRule(Record):
    """Every test passed."""

    passed: Literal["all"]


class InventoryRule(Record):
    """Nothing is missing from the inventory."""

    complete: Literal[True]


class ArtifactsRule(Record):
    """Every file has its digest, and is the one that was locked, or was built from it."""

    hashed: Literal["all"]


def _unsaid(rule: object) -> bool:
    """Leave out of a policy's canonical form what it does not say and older ones could not.

    So a policy keeps the digest that releases were published under.
    """
    return rule is None


def _all(classes: tuple[Confidence, ...]) -> bool:
    return classes == tuple(Confidence)


class FindingsRule(Record):
    """Every finding that nothing lifts is below a level; an unknown level is below none."""

    below: Literal["low", "medium", "high", "critical"]
    without_sources: Literal["unknown", "accept"] = "unknown"
    """What a scan that no advisory source was read for counts as."""
    confidence: tuple[Confidence, ...] = Field(
        default=tuple(Confidence), min_length=1, exclude_if=_all
    )
    """The classes that are sure enough to decide; findings of other classes are unsure."""
    unsure: Literal["fail", "decided", "report"] = Field(
        default="fail", exclude_if=lambda said: said == "fail"
    )
    """What an unsure finding counts as: like any other (`fail`); like any other where somebody
    says that the version is affected, and told only where nobody can tell (`decided`); told only
    (`report`)."""


class ExploitedRule(Record):
    """No finding is known to be exploited, whatever its level and however sure it is."""

    allowed: Literal["none"]
    without_catalog: Literal["unknown", "accept"] = "unknown"
    """What a scan counts as for which no catalog of exploited vulnerabilities was read."""


class FixedRule(Record):
    """No finding for which there is a fix has been public for longer, whatever its level."""

    within: Age


class AdvisoriesRule(Record):
    """So many advisory sources were read whose newest record is not older than this."""

    sources: int = Field(default=1, ge=1)
    newest_within: Age | None = None
    each_within: Age | None = Field(default=None, exclude_if=_unsaid)
    """No source that was read speaks as of longer ago than this."""


class CoverageRule(Record):
    """So many advisory sources know these products, wherever they are used."""

    of: tuple[Text, ...] | Literal["all"]
    """Names as a lock or an SBOM has them, or all: then nothing may be without a source."""
    by: int = Field(default=1, ge=1)
    """How many sources have to know each."""


class VexRule(Record):
    """Which statements of the workspace count; without this rule none does."""

    longest: Age = "366 d"
    """A statement that holds for longer than this decides nothing."""
    justified_by: tuple[Justification, ...] | None = None
    """The justifications of `not_affected` that count; all, where nothing is said."""


class Conclusion(Record):
    """A license a person concluded, for a product whose own metadata leaves it open."""

    license: Expression
    reason: Text
    """What was read, e.g. the license file in the wheel."""


class LicensesRule(Record):
    """Every license expression is met by allowed licenses."""

    allowed: tuple[Expression, ...] = Field(min_length=1)
    concluded: dict[str, Conclusion] = Field(default={})
    """By product name; used only where the metadata leaves the license unknown."""


class RelocatableRule(Record):
    """Every archive of binaries can be used in another folder than it was built in."""

    units: Literal["all"]
    into: tuple[Literal["longer", "shorter"], ...] = Field(
        default=("longer", "shorter"), min_length=1
    )
    """Into which folders; the other one is told and does not decide."""
    leaks_below: Literal["low", "medium", "high", "critical"] = "high"
    """Every build path that is left is below this."""


class EvidenceRule(Record):
    """Every piece of evidence is from this time."""

    within: Age


class Rules(Record):
    """The rules a policy may have."""

    tests: TestsRule | None = None
    inventory: InventoryRule | None = None
    artifacts: ArtifactsRule | None = None
    findings: FindingsRule | None = None
    exploited: ExploitedRule | None = Field(default=None, exclude_if=_unsaid)
    fixed: FixedRule | None = Field(default=None, exclude_if=_unsaid)
    advisories: AdvisoriesRule | None = None
    coverage: CoverageRule | None = Field(default=None, exclude_if=_unsaid)
    vex: VexRule | None = Field(default=None, exclude_if=_unsaid)
    licenses: LicensesRule | None = None
    evidence: EvidenceRule | None = None
    relocatable: RelocatableRule | None = Field(default=None, exclude_if=_unsaid)


class Waiver(Record):
    """An exception with an owner, a reason and an expiry."""

    rule: Text
    """The finding's rule id, or one of its aliases."""
    subject: Text
    """A purl, with or without a version."""
    owner: Text
    reason: Text
    expires: Moment
    """From then on it lifts nothing, and fails the gate until it is removed or renewed."""


class Policy(Record):
    """A gate policy."""

    schema_: Literal["peso.policy/1"] = Field(alias="schema")
    name: Name
    title: str = ""
    expires: Moment | None = None
    """From then on the policy fails every release."""
    rules: Rules = Rules()
    waivers: tuple[Waiver, ...] = ()

    @property
    def evidence_within(self) -> timedelta | None:
        """How old evidence may be; None where the policy does not say."""
        return age(self.rules.evidence.within) if self.rules.evidence else None


def load_policy(path: Path) -> Policy:
    """Read a policy file; `BadInput` carries all its faults, each with file:line:column."""
    return parse_record(Policy, path)


def own_policy() -> Policy:
    """Return the policy PESO comes with, for stacks whose workspace has no `default`."""
    with as_file(files("peso.services.assurance") / "policies" / "default.yaml") as path:
        return load_policy(path)


def own_policy_text() -> str:
    """Return the file of the policy PESO comes with, for a new workspace to start from."""
    return (files("peso.services.assurance") / "policies" / "default.yaml").read_text()
