"""The stack file: what a right one means, and what each wrong one is told, with line and column."""

from __future__ import annotations

import shutil
from pathlib import Path, PurePosixPath

import pytest

from peso.errors import BadInput, Fault
from peso.products.stack import Limits, PypiPart, SpackPart, Stack, load_stack, stack_files

DATA = Path(__file__).parent / "data"


def faults_in(path: Path) -> tuple[Fault, ...]:
    with pytest.raises(BadInput) as refused:
        load_stack(path)
    assert refused.value.exit_code == 2
    return refused.value.faults


@pytest.mark.parametrize("folder", sorted(DATA.iterdir()), ids=lambda folder: folder.name)
def test_every_fault_is_told_with_its_place(folder: Path) -> None:
    """Each folder is named after its fault; `faults.txt` is what a person is told of it."""
    file = folder / "stack.yaml"
    told = [str(fault).removeprefix(f"{file}:") for fault in faults_in(file)]
    assert told == (folder / "faults.txt").read_text().splitlines()
    assert len(told) == (8 if folder.name == "eight-faults" else 1)


def test_every_fault_says_what_was_expected_or_what_to_do() -> None:
    faults = [fault for folder in DATA.iterdir() for fault in faults_in(folder / "stack.yaml")]
    assert not [fault for fault in faults if not (fault.expected or fault.hint)]


def test_a_right_file_is_a_stack(small: Path) -> None:
    stack = load_stack(small)
    assert (stack.name, stack.version, stack.channel, stack.policy) == (
        "small",
        "1.0",
        "testing",
        "default",
    )
    assert stack.parts == {"python": PypiPart(engine="pypi", constraints="constraints.txt")}
    assert stack.tests["one"].ranks == (1, 2)
    assert stack.tests["one"].limits == Limits(time="10 min", memory=None)
    assert (stack.file, stack.folder) == (small, small.parent)


def test_where_it_lies_is_no_content(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    shutil.copytree(small.parent, other, ignore=shutil.ignore_patterns("elsewhere"))
    assert load_stack(small).digest() == load_stack(other / "stack.yaml").digest()


def test_a_stack_goes_through_json(small: Path) -> None:
    stack = load_stack(small)
    assert Stack.parse(stack.canonical()).canonical() == stack.canonical()


def test_a_test_may_be_of_a_unit_that_only_the_constraints_name(small: Path) -> None:
    small.with_name("constraints.txt").write_text("numpy==2.4.6\n")
    (fault,) = faults_in(small)
    assert fault.message == "the stack has no product 'Gest_API'"
    assert fault.where == f"{small}:11:17"
    assert fault.hint == "list it under `products`"


def test_a_spack_part_is_read_and_its_names_are_its_own(small: Path) -> None:
    small.write_text(
        small.read_text()
        .replace(
            "{engine: pypi, constraints: constraints.txt}",
            "{engine: spack, environment: spack.yaml}",
        )
        .replace(">=2", "@2:")
    )
    small.with_name("spack.yaml").write_text("spack: {}\n")
    stack = load_stack(small)
    assert stack.parts["python"] == SpackPart(engine="spack", environment="spack.yaml")
    assert PurePosixPath("spack.yaml") in stack_files(stack)


def test_a_spack_environment_that_is_missing_is_a_fault(small: Path) -> None:
    spack = "{engine: spack, environment: spack.yaml}"
    small.write_text(
        small.read_text().replace("{engine: pypi, constraints: constraints.txt}", spack)
    )
    (fault,) = faults_in(small)
    assert fault.where == f"{small}:6:40"
    assert fault.message == "'spack.yaml': there is no such file"


@pytest.mark.parametrize("name", ["constraints.txt", "tests/one.py", "tests"])
def test_a_link_decides_no_stack(small: Path, name: str) -> None:
    real = small.parent / name
    real.rename(small.parent / "real")
    real.symlink_to(small.parent / "real")
    (fault,) = [fault for fault in faults_in(small) if "link" in fault.message]
    assert fault.message.endswith("tests is a link" if name == "tests" else "it is a link")


def test_a_folder_is_no_constraints_file(small: Path) -> None:
    small.with_name("constraints.txt").unlink()
    small.with_name("constraints.txt").mkdir()
    assert any("not a plain file" in fault.message for fault in faults_in(small))


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "text",
        "{schema: peso.stack/1}",
        "{parts: [a], products: {a: b}, tests: 4}",
        "{parts: {python: 3, 'a b': {engine: [pypi]}}, products: [4, [], {name: [], part: {}}]}",
        "{tests: {a: 4, b: {of: a, run: {}, ranks: a, expect: [], limits: 4}}, platforms: {}}",
        "{tests: {b: {of: [4, []], run: [4, {}], ranks: [a, []], expect: {a: []}}}}",
        "{parts: {p: {engine: pypi, constraints: 4}, q: {engine: pypi, constraints: ''}}}",
        '{parts: {p: {engine: pypi, constraints: "a\\0b"}, q: {engine: pypi, python: 3.1}}}',
    ],
)
def test_any_shape_is_told_to_be_wrong_and_never_breaks(tmp_path: Path, text: str) -> None:
    file = tmp_path / "stack.yaml"
    file.write_text(text)
    faults = faults_in(file)
    assert faults
    assert all(fault.where.startswith(f"{file}:1:") for fault in faults)


def test_no_file_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        load_stack(tmp_path / "stack.yaml")


def test_a_shell_line_with_an_open_quote_is_still_told(small: Path) -> None:
    small.write_text(small.read_text().replace("[python, tests/one.py]", '"python -c \'x"'))
    (fault,) = faults_in(small)
    assert fault.message == 'a command is an argv, not the text "python -c \'x"'
