"""The plan of a stack with a native part: what decides it, and the version it gives."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from tests.products.engines.still import StillEngine

from peso.products.bare_stack import BY_THE_LOCK
from peso.products.engines.files import Artifact, Role
from peso.products.stack import Product, SpackPart, Stack
from peso.services.delivery.manifest import lock_digest
from peso.services.integration.plan import Plan
from peso.services.steps.making import plan_inputs
from peso.services.steps.port import Life, Ports

PORTS = cast("Ports", SimpleNamespace(engines={"spack": StillEngine()}))


def stack(version: str, file: str) -> Stack:
    made = Stack(
        schema_="peso.stack/1",
        name="mine",
        version=version,
        title="Mine",
        parts={"native": SpackPart(engine="spack", environment="spack.yaml")},
        products=(Product(name="lz4", part="native"),),
    )
    return made.found_at(Path("/stacks/mine") / file)


def file(path: str, role: Role = "evidence", digest: str = "0") -> Artifact:
    return Artifact(role=role, path=path, media_type="x", length=0, sha256=digest * 64)


def inputs(stack_: Stack, *definition: Artifact) -> set[str]:
    return set(plan_inputs(Life(stack=stack_, definition=definition, records={}), PORTS))


def test_every_file_of_an_environment_decides_and_no_test() -> None:
    definition = (
        file("stack.yaml"),
        file("spack.yaml"),
        file("environments/native/_config/packages.yaml"),
        file("tests/one.sh", "test"),
    )
    decides = {
        "parts and products",
        "spack.yaml",
        "environments/native/_config/packages.yaml",
        "engine spack",
    }

    assert inputs(stack("1", "stack.yaml"), *definition) == decides
    assert inputs(stack(BY_THE_LOCK, "spack.yaml"), *definition) == decides


def test_the_plan_gives_a_bare_stack_its_version() -> None:
    plan = Plan(stack="mine", version=BY_THE_LOCK, locks=())
    life = Life(stack=stack(BY_THE_LOCK, "spack.yaml"), definition=(), records={})

    assert life.after(plan).stack.version == f"0+{lock_digest(plan)[:12]}"
    assert life.after(plan).of(Plan) == plan


def test_a_stack_with_a_version_keeps_it() -> None:
    plan = Plan(stack="mine", version="26.11", locks=())
    life = Life(stack=stack("26.11", "stack.yaml"), definition=(), records={})

    assert life.after(plan).stack == life.stack
