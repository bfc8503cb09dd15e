"""The rules of reconciliation: what may disagree, how grave that is, and what to do about it.

`high` blocks: one of the two is wrong, and whoever follows it goes astray. `medium`: two say
different things, and somebody must decide. `low`: something a steward wants that is not there.
`note`: worth knowing; often it is as it should be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from peso.base.finding import Finding, Level

BLOCKS = Level.HIGH
"""The level from which a finding blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something that may disagree."""

    level: Level
    title: str
    """What is counted, as people say it."""
    hint: str


RULES = {
    "package-unknown": Rule(
        level=Level.HIGH,
        title="products whose package has no recipe",
        hint="correct the package's name in the product, or add the recipe",
    ),
    "version-gone": Rule(
        level=Level.HIGH,
        title="versions in stacks that the recipe does not have",
        hint="use a version of the recipe, or build with the recipes that have it",
    ),
    "package-claimed-twice": Rule(
        level=Level.MEDIUM,
        title="packages that two products claim",
        hint="let one product claim it, or say in both how they share it",
    ),
    "license-differs": Rule(
        level=Level.MEDIUM,
        title="licenses that differ between product and recipe",
        hint="look at the product's own license file, and correct the one that is wrong",
    ),
    "e4s-claim-unmet": Rule(
        level=Level.MEDIUM,
        title="products that say they are in E4S, and are in no E4S stack",
        hint="correct the claim, or find out why the stacks left it out",
    ),
    "version-deprecated": Rule(
        level=Level.MEDIUM,
        title="versions in stacks that are deprecated",
        hint="move to a version that is not deprecated",
    ),
    "match-ambiguous": Rule(
        level=Level.MEDIUM,
        title="products whose name fits several packages",
        hint="name the package in the product's `spack`",
    ),
    "package-not-named": Rule(
        level=Level.LOW,
        title="products that name no package, though one has their name",
        hint="if it is the same software, name it in the product's `spack`",
    ),
    "no-maintainer": Rule(
        level=Level.LOW,
        title="recipes without a maintainer",
        hint="find somebody who looks after the recipe: `maintainers(...)`",
    ),
    "no-stand-alone-test": Rule(
        level=Level.LOW,
        title="recipes without a stand-alone test of their own",
        hint="add a method `test_...` that runs on the installed package",
    ),
    "tagged-in-no-stack": Rule(
        level=Level.LOW,
        title="recipes tagged e4s that are in no E4S stack",
        hint="take the tag away, or find out why the stacks left it out",
    ),
    "in-stack-not-tagged": Rule(
        level=Level.LOW,
        title="roots of E4S stacks whose recipe is not tagged e4s",
        hint="tag the recipe, if E4S counts it among its products",
    ),
    "recipe-names-no-license": Rule(
        level=Level.LOW,
        title="recipes of products that name no license",
        hint="add `license(...)` to the recipe",
    ),
    "in-stack-not-in-catalog": Rule(
        level=Level.NOTE,
        title="roots of stacks that are no product of the catalog",
        hint="nothing to do, unless a member stewards it",
    ),
    "license-not-comparable": Rule(
        level=Level.NOTE,
        title="licenses that cannot be compared",
        hint="use an SPDX license expression",
    ),
    "homepage-differs": Rule(
        level=Level.NOTE,
        title="homepages that differ",
        hint="both may be right",
    ),
    "repository-differs": Rule(
        level=Level.NOTE,
        title="repositories that differ",
        hint="both may be right: one moved, or there are several",
    ),
}


def finding(rule: str, subject: str, message: str, where: str, *, hint: str = "") -> Finding:
    """Return a finding with the rule's level and hint."""
    said = RULES[rule]
    return Finding(
        rule=rule,
        level=said.level,
        subject=subject,
        message=message,
        where=where,
        hint=hint or said.hint,
    )


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings with the gravest first, then by rule as listed, subject and place."""
    levels, rules = list(Level), list(RULES)

    def key(one: Finding) -> tuple[int, int, str, str, str]:
        rule = rules.index(one.rule) if one.rule in RULES else len(rules)
        others = one.rule if one.rule not in RULES else ""
        return -levels.index(one.level), rule, others, one.subject.casefold(), one.where or ""

    return tuple(sorted(findings, key=key))


def distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings without those that are there already."""
    yield from dict.fromkeys(findings)
