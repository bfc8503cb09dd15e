"""The table of rules: every rule there is, in the order they are run and listed."""

from __future__ import annotations

from peso.products.lint import (
    rules_constraints,
    rules_keys,
    rules_lists,
    rules_names,
    rules_packages,
    rules_read,
    rules_stack,
    rules_variants,
    rules_versions,
)
from peso.products.lint.case import Case
from peso.products.lint.rule import Rule
from peso.products.lint.stack_case import StackCase

ENVIRONMENT_RULES: tuple[Rule[Case], ...] = (
    *rules_read.RULES,
    *rules_keys.RULES,
    *rules_lists.RULES,
    *rules_names.RULES,
    *rules_versions.RULES,
    *rules_variants.RULES,
    *rules_constraints.RULES,
    *rules_packages.RULES,
)
"""What is looked at in a Spack environment."""

STACK_RULES: tuple[Rule[StackCase], ...] = rules_stack.RULES
"""What is looked at in PESO's own stack file."""
