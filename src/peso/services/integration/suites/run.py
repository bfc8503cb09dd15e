"""All suites of a stack, run against what was built; which kind of suite is run how.

A suite's checkout is looked into before the first test of any kind is run, so that a wrong one is
said at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from peso.base.finding import Finding
from peso.products.stack import E4sSuite, Stack
from peso.services.integration.results import TestResult
from peso.services.integration.suites.checkout import Tree, read_tree
from peso.services.integration.suites.e4s import run_e4s
from peso.services.integration.suites.site import Site, Suited
from peso.services.integration.suites.spack import run_spack


def open_suites(stack: Stack) -> Mapping[str, Tree]:
    """Return the pinned commit of each suite that lies in a repository.

    Raises:
        BadInput: There is no such repository, or it does not have the commit.
    """
    return {
        name: read_tree(_repository(stack, suite.checkout), suite.commit)
        for name, suite in stack.suites.items()
        if isinstance(suite, E4sSuite)
    }


def run_suites(stack: Stack, trees: Mapping[str, Tree], site: Site) -> Suited:
    """Run every suite of a stack, in the order of the stack file."""
    results: list[TestResult] = []
    findings: list[Finding] = []
    for name, suite in stack.suites.items():
        own = replace(site, work=site.work / name)
        if isinstance(suite, E4sSuite):
            gave = run_e4s(name, suite, trees[name], own)
        else:
            gave = run_spack(name, suite, own)
        results += gave.results
        findings += gave.findings
    return Suited(results=tuple(results), findings=tuple(findings))


def _repository(stack: Stack, checkout: str) -> Path:
    return stack.folder.absolute() / Path(checkout).expanduser()
