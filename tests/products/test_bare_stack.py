"""A bare environment as a stack: the defaults of the house, and the version its lock gives it."""

from __future__ import annotations

from pathlib import Path

import pytest

from peso.base.yamls import load_text, parse_data
from peso.errors import BadInput
from peso.products.bare_stack import BY_THE_LOCK, bare_stack, is_bare, stack_text, version_of
from peso.products.environments.facts import Facts
from peso.products.environments.read import read_environment
from peso.products.stack import SpackPart, SpackSuite, Stack

ENVIRONMENT = """\
spack:
  definitions:
  - solvers: [hypre@2.26, petsc]
  specs:
  - $solvers
  - matrix: [[hdf5], [+mpi, ~mpi]]
  - py-mpi4py
  - ^cmake
"""


def bare(folder: Path, text: str = ENVIRONMENT) -> Stack:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "spack.yaml").write_text(text)
    return bare_stack(read_environment(folder / "spack.yaml", Facts()))


def test_the_defaults_of_the_house(tmp_path: Path) -> None:
    made = bare(tmp_path / "E4S_CPU")

    assert (made.name, made.version, made.channel) == ("e4s-cpu", BY_THE_LOCK, "testing")
    assert (made.policy, made.platforms) == ("default", ("this-machine",))
    assert made.parts == {"native": SpackPart(engine="spack", environment="spack.yaml")}
    assert [one.name for one in made.products] == ["hypre", "petsc", "hdf5", "py-mpi4py"]
    assert made.suites == {"standalone": SpackSuite(kind="spack")}
    assert made.file == tmp_path / "E4S_CPU" / "spack.yaml"
    assert is_bare(made)


def test_a_root_that_may_not_be_one_is_no_product(tmp_path: Path) -> None:
    text = (
        "spack:\n  definitions:\n  - extra: [zlib]\n    when: nobody_knows == 1\n"
        "  specs: [lz4, $extra]\n"
    )

    assert [one.name for one in bare(tmp_path / "it", text).products] == ["lz4"]


def test_an_environment_that_asks_for_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="asks for nothing"):
        bare(tmp_path / "it", "spack: {specs: []}\n")


def test_the_text_is_a_stack_file(tmp_path: Path) -> None:
    made = bare(tmp_path / "mine")
    text = stack_text(made).decode()

    assert parse_data(Stack, *load_text(text, Path("stack.yaml"))).found_at(made.file) == made
    assert str(tmp_path) not in text


def test_the_lock_gives_the_version_where_it_is_to(tmp_path: Path) -> None:
    made = bare(tmp_path / "mine")
    released = version_of(made, "0123456789abcdef" * 4)

    assert released.version == "0+0123456789ab"
    assert released.file == made.file
    assert released.model_copy(update={"version": BY_THE_LOCK}) == made
    assert version_of(released, "f" * 64) is released
