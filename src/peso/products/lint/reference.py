"""The reference of the rules, made of their own words: one page, an anchor for each rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from peso.products.lint.rule import Rule
from peso.products.lint.table import ENVIRONMENT_RULES, STACK_RULES

PAGE = "docs/reference/lint.md"
_HEAD = """\
# What `peso stack lint` looks for

An *error* blocks: `peso stack lint` exits with 1. A *warning* should be looked at. A *hint*
advises. What could not be looked at (an include that cannot be reached, recipes that are not at
hand) is listed as not checked, with its reason; it is neither a finding nor a pass.

Rules that look at packages need recipes: `--repo DIR[@COMMIT]`, a repository the environment names
by a path, the catalog last indexed (`peso catalog index`), or the recipes of the Spack that
`PESO_SPACK` names. Which were used is said in every report. Where an environment names recipes that
are not at hand (an overlay, a pinned commit, an include that may name more), what rests on recipes
is a warning at most.

This page is made from the rules' own words, and a test compares the two.
"""


def rules() -> tuple[Rule[Any], ...]:
    """Return every rule, in the order of the table."""
    return (*ENVIRONMENT_RULES, *STACK_RULES)


def anchor(rule: str) -> str:
    """Return where a rule is explained."""
    return f"{PAGE}#{rule}"


def page() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_table(), "", *(line for one in rules() for line in _section(one))])


def _table() -> Iterator[str]:
    yield "| rule | severity | what it finds |"
    yield "|---|---|---|"
    for one in rules():
        what = one.what.replace("|", "\\|")
        yield f"| [`{one.id}`](#{one.id}) | {one.severity} | {what} |"


def _section(rule: Rule[Any]) -> Iterator[str]:
    yield from (f"## {rule.id}", "", f"*{rule.severity}.* {rule.what}", "")
    yield from (f"**Why.** {rule.why}", "", f"**What to do.** {rule.fix}", "")
    yield from ("Not so:", "", "```yaml", rule.bad, "```", "")
    if rule.good:
        yield from ("But so:", "", "```yaml", rule.good, "```", "")
