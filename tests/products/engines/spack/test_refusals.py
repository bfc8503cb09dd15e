"""What Spack was recorded to say when it cannot solve, and the one error it becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.errors import BadInput, Outside, PesoError
from peso.products.engines.spack.refusals import refusal, repository_trouble

SOLVES = Path(__file__).with_name("data") / "solves"
ORIGINAL = Path("/stacks/mine/spack.yaml")


def error_of(said: str) -> PesoError:
    return refusal(said, copy=Path("/scratch/copy"), original=ORIGINAL, python="/usr/bin/python3")


def recorded(name: str) -> PesoError:
    return error_of((SOLVES / f"{name}.err").read_text())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("unknown_package", "'lzz4' does not exist"),
        ("unknown_version", "No version exists that satisfies these input specs:; lz4@99.1"),
        ("unknown_variant", "No such variant {'nosuch'} for spec: 'lz4+nosuch'"),
        ("unknown_key", "/stacks/mine/spack.yaml:2: Additional properties are not allowed"),
        ("conflict", "mpich is not a direct 'build' or 'test' dependency"),
    ],
)
def test_what_is_wrong_with_the_environment(name: str, said: str) -> None:
    error = recorded(name)

    assert isinstance(error, BadInput)
    assert said in error.message
    assert error.where == str(ORIGINAL)
    assert f"peso stack lint {ORIGINAL}" in str(error.hint)
    assert "/scratch/copy" not in str(error)


def test_a_long_account_is_cut_to_a_few_different_reasons() -> None:
    lines = recorded("conflict").message.splitlines()

    assert "failed to concretize `hdf5~mpi ^mpich`, `bzip2`" in lines[0]
    assert len(lines) == 3
    assert lines[1].startswith("  mpich is not a direct 'build' or 'test' dependency")
    assert lines[2] == "  Cannot find a valid provider for virtual zlib-api"


def test_without_a_solver_it_says_how_to_get_one() -> None:
    error = recorded("no_solver")

    assert isinstance(error, Outside)
    assert "no solver" in error.message
    assert error.hint == "say: /usr/bin/python3 -m pip install clingo"


def test_without_a_solver_and_without_bootstrapping() -> None:
    # said by Spack 1.3.0.dev0 with `bootstrap: {enable: false}`
    said = 'bootstrapping is currently disabled. Use "spack bootstrap enable" to enable it'

    assert "no solver" in error_of(f"==> Error: {said}\n").message


def test_without_a_compiler_it_says_so() -> None:
    error = recorded("no_compiler")

    assert isinstance(error, Outside)
    assert "no compiler configured" in error.message
    assert "gcc" in str(error.hint)


def test_recipes_that_could_not_be_fetched_come_before_what_follows() -> None:
    error = recorded("no_recipes")

    assert isinstance(error, Outside)
    assert "could not fetch its recipes" in error.message
    assert "recipes: [FOLDER]" in str(error.hint)


def test_a_repository_that_spack_only_warns_of_is_an_error() -> None:
    said = (SOLVES / "no_repository.err").read_text()

    error = repository_trouble(said, copy=Path("/scratch/copy"), original=ORIGINAL)

    assert isinstance(error, BadInput)
    assert "/stacks/mine/repo" in error.message
    assert repository_trouble("all is well", copy=Path("/c"), original=ORIGINAL) is None


def test_no_reason_at_all_and_the_disk() -> None:
    assert isinstance(error_of(""), Outside)
    assert isinstance(error_of("Traceback\nKeyError: 1"), Outside)
    assert isinstance(error_of("==> Error: [Errno 28] No space left on device"), Outside)


def test_an_endless_account_is_bounded() -> None:
    said = "==> Error: no\n" + "".join(f"   {n}. reason {n}\n" for n in range(10_000))

    message = error_of(said).message
    assert len(message) < 3_000
    assert "and 9995 more" in message
