"""A small world for suites of tests: units with prefixes, a suite in a git repository, a site."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from peso.base.finding import Unknown
from peso.base.ledger import Blobs
from peso.products.engines.native import (
    DependencyType,
    Edge,
    External,
    NativeUnit,
    Outcome,
    UnitBuild,
    Variant,
)
from peso.products.engines.port import ToolCall
from peso.products.platforms.detect import detect_host
from peso.products.platforms.local import LocalPlatform
from peso.products.stack import E4sSuite, Limits, Skip
from peso.services.integration.results import TestResult
from peso.services.integration.suites.checkout import Tree, read_tree
from peso.services.integration.suites.e4s import run_e4s
from peso.services.integration.suites.site import Site, Suited
from peso.services.integration.suites.units import Placed, Units

TODAY = date(2026, 11, 25)
SETUP = """\
. $TESTSUITE_SETTINGS_FILE
. $SPACK_ROOT/share/spack/setup-env.sh
spackLoadUnique() {
    hash=$(spack find -x --format {hash} $@) || { export SPACK_LOAD_RESULT=215; return 215; }
    hash=$(echo $hash | cut -d' ' -f1)
    if [ "$E4S_TEST_SKIP_INTERNAL" = True ] && grep -q spackTestRun ./run.sh; then
        export SPACK_LOAD_RESULT=216; return 216
    fi
    spack load /$hash
    export LOADED_ROOT=$(spack location -i /$hash)
}
spackTestRun() { spack test run /$1; }
"""
"""The suite's own `setup.sh`, as small as the contract allows; written for these tests."""


def edge(unit: NativeUnit, *types: DependencyType, virtuals: tuple[str, ...] = ()) -> Edge:
    return Edge(hash=unit.hash, name=unit.name, types=types or ("link",), virtuals=virtuals)


def unit(
    name: str,
    version: str = "1.0",
    *depends: Edge,
    root: bool = True,
    external: str = "",
    has: Mapping[str, str] | None = None,
    **variants: str,
) -> NativeUnit:
    """Make a unit; its hash is its name, its version and its variants."""
    variants |= has or {}
    said = "".join(filter(str.isalnum, f"{name}{version}{''.join(variants.values())}"))
    outside = External(prefix=external, package=Unknown(unknown="not asked"))
    return NativeUnit(
        hash=(said + "0" * 32)[:32],
        name=name,
        version=version,
        namespace="builtin",
        variants=tuple(Variant(name=key, value=value) for key, value in variants.items()),
        platform="linux",
        system="debian12",
        target="x86_64_v3",
        depends=depends,
        external=outside if external else None,
        root=root,
        purl=f"pkg:generic/{name}@{version}",
        sources=(),
        license="MIT",
    )


def commit(repository: Path, files: Mapping[str, str]) -> str:
    """Commit files to a repository, which is made if there is none; returns the commit.

    A text that begins with `->` makes a link; a name that ends with `.sh` makes a program.
    """
    repository.mkdir(parents=True, exist_ok=True)
    if not (repository / ".git").exists():
        git(repository, "init", "-q")
    for name, text in files.items():
        path = repository / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if text.startswith("->"):
            path.symlink_to(text.removeprefix("->"))
        else:
            path.write_text(text)
            path.chmod(0o755 if name.endswith(".sh") else 0o644)
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "files")
    return git(repository, "rev-parse", "HEAD").strip()


def git(repository: Path, *words: str) -> str:
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b", "GIT_CONFIG_GLOBAL": "/dev/null"}
    who |= {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b"}
    path = {"PATH": os.environ["PATH"]}
    argv = ["git", "-C", str(repository), *words]
    return subprocess.run(argv, env=path | who, check=True, capture_output=True, text=True).stdout


@dataclass
class World:
    """Units that are there or not, and the scripts of a suite."""

    folder: Path
    units: dict[str, Placed] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=lambda: {"setup.sh": SETUP})
    commands: dict[str, ToolCall] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def place(self, one: NativeUnit, outcome: Outcome = "built", because: str = "") -> Path:
        """Put a unit into the world, with a prefix that has `bin` and `lib`."""
        prefix = self.folder / "store" / f"{one.name}-{one.version}-{one.hash[:7]}"
        for name in ("bin", "lib"):
            (prefix / name).mkdir(parents=True, exist_ok=True)
        became = UnitBuild(
            hash=one.hash,
            name=one.name,
            version=one.version,
            outcome="external" if one.external else outcome,
            because=because,
            prefix="" if outcome == "failed" else str(prefix),
        )
        self.units[one.hash] = Placed(part="native", unit=one, became=became)
        return prefix

    def test(self, name: str, **scripts: str) -> None:
        """Put a test into the suite; without `setup` it loads what it is named after."""
        scripts.setdefault("setup", f". ../../setup.sh\nspackLoadUnique {name}\n")
        for stage, text in scripts.items():
            self.files[f"validation_tests/{name}/{stage}.sh"] = f"#!/bin/bash\n{text}"

    def tree(self) -> Tree:
        repository = self.folder / "suite"
        return read_tree(repository, commit(repository, self.files))

    @property
    def blobs(self) -> Blobs:
        return Blobs(self.folder / "blobs")

    def site(self, *products: str) -> Site:
        listed = products or tuple(one.unit.name for one in self.units.values() if one.unit.root)
        return Site(
            units=Units(placed=self.units, products=tuple(dict.fromkeys(listed))),
            platform=LocalPlatform(detect_host()),
            blobs=self.blobs,
            work=self.folder / "work",
            today=TODAY,
            self_test=lambda placed: self.commands.get(placed.unit.name),
            seen=self.seen.append,
        )

    def run(
        self,
        *products: str,
        tests: tuple[str, ...] = (),
        settings: Mapping[str, str] | None = None,
        time: str = "60 s",
        skip: tuple[Skip, ...] = (),
    ) -> Suited:
        tree = self.tree()
        asked = E4sSuite(
            kind="e4s",
            checkout="suite",
            commit=tree.commit,
            tests=tests,
            settings=dict(settings or {}),
            limits=Limits(time=time),
            skip=skip,
        )
        return run_e4s("e4s", asked, tree, self.site(*products))

    def one(self, *products: str, time: str = "60 s") -> TestResult:
        (result,) = self.run(*products, time=time).results
        return result

    def log(self, result: TestResult, stage: str = "") -> str:
        logs = {one.name: one.log for one in result.stages}
        log = logs.get(stage, result.stdout)
        return self.blobs.read(log.sha256, limit=log.length).decode()
