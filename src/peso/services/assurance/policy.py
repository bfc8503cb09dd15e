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


class FindingsRule(Record):
    """Every finding that is not waived is below a level; an unknown level is below none."""

    below: Literal["low", "medium", "high", "critical"]
    without_sources: Literal["unknown", "accept"] = "unknown"
    """What a scan that no advisory source was read for counts as."""


class AdvisoriesRule(Record):
    """So many advisory sources were read whose newest record is not older than this."""

    sources: int = Field(default=1, ge=1)
    newest_within: Age | None = None


class CoverageRule(Record):
    """At least one advisory source knows these products."""

    products: tuple[Text, ...] | Literal["all"]
    """Names as a lock or an SBOM has them, or all: then nothing may be without a source."""


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


class EvidenceRule(Record):
    """Every piece of evidence is from this time."""

    within: Age


class Rules(Record):
    """The rules a policy may have."""

    tests: TestsRule | None = None
    inventory: InventoryRule | None = None
    artifacts: ArtifactsRule | None = None
    findings: FindingsRule | None = None
    advisories: AdvisoriesRule | None = None
    coverage: CoverageRule | None = None
    licenses: LicensesRule | None = None
    evidence: EvidenceRule | None = None


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
