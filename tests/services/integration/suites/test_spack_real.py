"""A real Spack runs the stand-alone tests of units of tiny recipes made here: no source, no build.

Needs a Spack, named in PESO_SPACK; without one these tests are skipped.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.services.integration.suites.world import World, unit
from tests.spack_at_hand import needs_spack, spack_program

from peso.base.finding import Outcome
from peso.products.engines.port import ToolCall
from peso.products.stack import Limits, SpackSuite
from peso.services.integration.suites.spack import run_spack

pytestmark = [
    pytest.mark.spack,
    pytest.mark.timeout(900),
    needs_spack,
]

RECIPE = """\
from spack.package import *


class {name}(PackageBase):
    has_code = False
    build_system_class = "{name}"
    version("1.0")
    build_system("{lower}")

{tests}

@register_builder("{lower}")
class {name}Builder(Builder):
    phases = ("install",)

    def install(self, pkg, spec, prefix):
        pass
"""
PASSES = '    def test_it(self):\n        """it"""\n        which("true")()\n'
FAILS = '    def test_it(self):\n        """it"""\n        which("false")()\n'
HANGS = '    def test_it(self):\n        """it"""\n        which("sleep")("300")\n'


class Site:
    """A Spack with four recipes, each installed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        scope = folder / "scope"
        scope.mkdir()
        (scope / "config.yaml").write_text(
            f"config:\n  install_tree: {{root: {folder}/store}}\n"
            f"  build_stage: {folder}/stage\n  test_stage: {folder}/tested\n"
        )
        repository = folder / "repo" / "spack_repo" / "mine"
        (scope / "repos.yaml").write_text(f"repos:\n  mine: {repository}\n")
        (repository / "packages").mkdir(parents=True)
        (repository / "repo.yaml").write_text("repo:\n  namespace: mine\n  api: v2.0\n")
        for name, tests in {"Well": PASSES, "Ill": FAILS, "Mute": "", "Slow": HANGS}.items():
            place = repository / "packages" / name.lower() / "package.py"
            place.parent.mkdir()
            place.write_text(RECIPE.format(name=name, lower=name.lower(), tests=tests))
        # The caller's own configuration stays: it says where the recipes of compilers are.
        self.environment: Mapping[str, str] = {**os.environ, "SPACK_USER_CACHE_PATH": f"{folder}/c"}
        self.spack("install", "well", "ill", "mute", "slow")

    def argv(self, *words: str) -> tuple[str, ...]:
        return (spack_program(), "-C", str(self.folder / "scope"), "-v", *words)

    def spack(self, *words: str) -> str:
        done = subprocess.run(
            self.argv(*words), env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def call(self, name: str) -> ToolCall:
        hash_ = self.spack("find", "--format", "{hash}", name).strip()
        argv = self.argv("test", "run", f"/{hash_}")
        return ToolCall(argv=argv, environment=self.environment)


@pytest.fixture(scope="module")
def spack(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site(tmp_path_factory.mktemp("spack"))


def test_what_passes_fails_hangs_and_has_no_tests(world: World, spack: Site) -> None:
    for name in ("well", "ill", "mute", "slow"):
        world.place(unit(name))
        world.commands[name] = spack.call(name)
    asked = SpackSuite(kind="spack", limits=Limits(time="20 s"))
    results = run_spack("standalone", asked, world.site()).results
    assert [(one.name, one.verdict.outcome) for one in results] == [
        ("well", Outcome.PASS),
        ("ill", Outcome.FAIL),
        ("slow", Outcome.FAIL),
    ]
    well, ill, slow = results
    assert [(part.name, part.ok) for part in well.stages] == [("test_it", True)]
    assert [(part.name, part.ok) for part in ill.stages] == [("test_it", False)]
    assert slow.verdict.reason == "it did not end within 20 s"


def test_a_unit_that_is_not_installed_is_unknown(world: World, spack: Site) -> None:
    world.place(unit("well"))
    argv = spack.argv("test", "run", "/zzzzzzz")
    world.commands["well"] = ToolCall(argv=argv, environment=spack.environment)
    (result,) = run_spack("standalone", SpackSuite(kind="spack"), world.site()).results
    assert (result.end.code, result.verdict.outcome) == (0, Outcome.UNKNOWN)
