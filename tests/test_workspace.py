"""The workspace: where it is found, what it names, and what is refused."""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.native_locks import REQUIRES
from tests.products.engines.spack.test_tool import write_spack
from tests.stories.conftest import write_tiny_stack

from peso import workspace, workspace_settings
from peso.errors import BadInput, Outside, Refused
from peso.products.engines.port import Choosing

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ELSEWHERE = REQUIRES.model_copy(update={"system": "none-such"})


def _machine(folder: Path, **environment: str) -> workspace.Machine:
    def ask() -> bytes:
        raise BadInput("nobody is there")

    return workspace.Machine(
        clock=lambda: NOW, environment={"HOME": str(folder), **environment}, ask_passphrase=ask
    )


def test_a_stack_alone_is_its_own_workspace(tmp_path: Path) -> None:
    write_tiny_stack(tmp_path / "tiny")

    stack, found = workspace.open_stack(tmp_path / "tiny", _machine(tmp_path))

    assert stack.name == "tiny"
    assert found.root == tmp_path / "tiny"
    assert found.home == tmp_path / "tiny" / ".peso"
    assert found.policy(stack).name == "lenient"


def test_a_stack_belongs_to_the_nearest_workspace_above_it(tmp_path: Path) -> None:
    workspace_settings.new_workspace(tmp_path)
    write_tiny_stack(tmp_path / "stacks" / "tiny")

    _, found = workspace.open_stack(tmp_path / "stacks" / "tiny", _machine(tmp_path))

    assert found.root == tmp_path
    assert found.settings.channels == ("testing", "stable")


def test_a_channel_the_workspace_does_not_sign_for_is_refused(tmp_path: Path) -> None:
    workspace_settings.new_workspace(tmp_path)
    file = tmp_path / "stacks" / "tiny" / "stack.yaml"
    write_tiny_stack(file.parent)
    file.write_text(file.read_text().replace("channel: testing", "channel: nightly"))

    with pytest.raises(BadInput, match="does not sign for the channel 'nightly'"):
        workspace.open_stack(file, _machine(tmp_path))


def test_a_stack_alone_signs_for_the_channel_it_names(tmp_path: Path) -> None:
    file = tmp_path / "stack.yaml"
    write_tiny_stack(tmp_path)
    file.write_text(file.read_text().replace("channel: testing", "channel: nightly"))

    _, found = workspace.open_stack(file, _machine(tmp_path))

    assert "nightly" in found.settings.channels


def test_a_policy_nobody_has_is_refused_and_default_is_always_there(tmp_path: Path) -> None:
    write_tiny_stack(tmp_path / "tiny")
    file = tmp_path / "tiny" / "stack.yaml"
    text = file.read_text()
    for name, fine in (("default", True), ("nonsense", False)):
        file.write_text(text.replace("policy: lenient", f"policy: {name}"))
        stack, found = workspace.open_stack(file, _machine(tmp_path))
        if fine:
            assert found.policy(stack).name == "default"
        else:
            with pytest.raises(BadInput, match="there is no policy 'nonsense'"):
                found.policy(stack)


def test_a_native_part_without_a_spack_says_how_to_get_one(tmp_path: Path) -> None:
    stack, found = workspace.open_stack(native_stack(tmp_path), _machine(tmp_path, PATH=""))

    with pytest.raises(Outside, match="no Spack on this machine") as caught:
        found.engines(stack)

    assert "peso spack get" in str(caught.value.hint)


def test_a_bare_environment_is_a_stack_and_a_folder_may_name_it(tmp_path: Path) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "spack.yaml").write_text("spack: {specs: [zlib]}\n")

    for place in (tmp_path / "cpu", tmp_path / "cpu" / "spack.yaml"):
        stack, found = workspace.open_stack(place, _machine(tmp_path))
        assert (stack.name, stack.version) == ("cpu", "0+lock")
        assert found.root == tmp_path / "cpu"
        assert [one.path for one in found.life(stack).definition] == ["stack.yaml", "spack.yaml"]


def test_a_stack_file_comes_before_a_bare_environment(tmp_path: Path) -> None:
    native_stack(tmp_path)

    assert workspace.open_stack(tmp_path, _machine(tmp_path))[0].name == "tiny"


def test_the_engines_are_those_the_parts_name(tmp_path: Path) -> None:
    spack = str(write_spack(tmp_path / "spack"))
    machine = _machine(tmp_path, PESO_SPACK=spack, PATH=os.environ["PATH"])
    stack, found = workspace.open_stack(native_stack(tmp_path / "tiny"), machine)

    engines = found.engines(stack)

    assert set(engines) == {"spack", "pypi"}
    assert "spack 1.1.0" in engines["spack"].identity()


def native_stack(folder: Path) -> Path:
    """Write the tiny stack with a native part beside the Python part."""
    write_tiny_stack(folder)
    file = folder / "stack.yaml"
    (folder / "spack.yaml").write_text("spack: {specs: [zlib]}\n")
    part = "parts:\n  native: {engine: spack, environment: spack.yaml}\n"
    product = "products:\n  - {name: zlib, part: native}\n"
    file.write_text(file.read_text().replace("parts:\n", part).replace("products:\n", product))
    return file


def test_the_definition_is_every_file_that_decides(tmp_path: Path) -> None:
    write_tiny_stack(tmp_path / "tiny")
    stack, found = workspace.open_stack(tmp_path / "tiny", _machine(tmp_path))

    files = {file.path: file.role for file in found.life(stack).definition}

    assert files == {
        "constraints.txt": "evidence",
        "stack.yaml": "evidence",
        "tests/answer.py": "test",
    }


def test_what_peso_keeps_is_hidden_from_git(tmp_path: Path) -> None:
    write_tiny_stack(tmp_path / "tiny")
    _, found = workspace.open_stack(tmp_path / "tiny", _machine(tmp_path))

    found.keys()

    assert (found.home / ".gitignore").read_text() == "*\n"
    assert (found.home / "dev-keys.passphrase").stat().st_mode & 0o777 == 0o600
    assert found.keys().development


def test_the_key_of_a_channel_is_named_and_only_a_delivery_makes_it(tmp_path: Path) -> None:
    write_tiny_stack(tmp_path / "tiny")
    stack, found = workspace.open_stack(tmp_path / "tiny", _machine(tmp_path))
    looking = found.ports(stack, tmp_path / "public", looks_only=True)
    delivering = found.ports(stack, tmp_path / "public")

    assert looking.channel_key("testing") == "none yet"
    assert not found.key_folder().exists()
    made = delivering.channel_key("testing")
    assert found.keys().public("testing").keyid == made
    assert looking.channel_key("testing") == made


def test_a_delivery_with_keys_that_were_never_made_says_how(tmp_path: Path) -> None:
    workspace_settings.new_workspace(tmp_path)
    (tmp_path / "peso.yaml").write_text(
        "schema: peso.workspace/1\nchannels: [testing]\nkeys: ~/keys\n"
    )
    found = workspace.workspace_in(tmp_path, _machine(tmp_path))

    with pytest.raises(BadInput, match="there are no keys here") as refused:
        found.channel_key("testing")
    assert "peso keys init" in (refused.value.hint or "")


def test_a_passphrase_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    machine = _machine(tmp_path, PESO_PASSPHRASE_FILE=str(tmp_path / "nowhere"))
    found = workspace.workspace_in(tmp_path, machine)

    with pytest.raises(BadInput, match="cannot read the passphrase"):
        found.passphrase()


def test_a_passphrase_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("open sesame\n")
    machine = _machine(tmp_path, PESO_PASSPHRASE_FILE=str(file))
    found = workspace.workspace_in(tmp_path, machine)

    file.chmod(0o644)
    with pytest.raises(BadInput, match="others can read"):
        found.passphrase()
    file.chmod(0o600)
    assert found.passphrase() == b"open sesame"
    assert "PESO_PASSPHRASE_FILE" not in machine.for_tools()


def test_state_and_cache_follow_the_xdg_folders(tmp_path: Path) -> None:
    plain = _machine(tmp_path)
    moved = _machine(tmp_path, XDG_STATE_HOME="/s", XDG_CACHE_HOME="/c")

    assert plain.state == tmp_path / ".local" / "state" / "peso" / "trust"
    assert (moved.state, moved.cache) == (Path("/s/peso/trust"), Path("/c/peso"))


def test_a_new_workspace_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "default.yaml").write_text("mine\n")

    made = workspace_settings.new_workspace(tmp_path)

    assert "policies/default.yaml" not in made
    assert (tmp_path / "policies" / "default.yaml").read_text() == "mine\n"
    assert workspace_settings.new_workspace(tmp_path) == ()


def test_a_facility_needs_no_spack_until_a_native_part_is_wanted(tmp_path: Path) -> None:
    engines = workspace.installing_engines(_machine(tmp_path, PATH=str(tmp_path)))
    assert "there is no Spack" in str(engines["spack"].mismatch(REQUIRES))
    named = str(write_spack(tmp_path / "spack", "1.3.0", commit="5" * 40))
    engines = workspace.installing_engines(_machine(tmp_path, PESO_SPACK=named))
    assert isinstance(engines["spack"], Choosing)
    assert "it is for" in str(engines["spack"].mismatch(ELSEWHERE))


def _leave(prefix: Path, error: Exception | None) -> list[str]:
    """Fetch something, and end like this; return what is beside the prefix afterwards."""
    with (
        contextlib.suppress(Exception),
        workspace.installing_bench(prefix, lambda _progress: None) as bench,
    ):
        (bench.cache / "fetched").mkdir(parents=True, exist_ok=True)
        (bench.work / "release").mkdir(parents=True)
        if error:
            raise error
    return sorted(str(one.relative_to(prefix.parent)) for one in prefix.parent.rglob("*"))


@pytest.mark.parametrize(
    ("error", "left"),
    [
        (None, []),
        (Refused("no"), []),
        (ValueError("a fault"), []),
        (
            Outside("the network is gone"),
            [".prefix.peso-work", ".prefix.peso-work/cache", ".prefix.peso-work/cache/fetched"],
        ),
    ],
)
def test_what_was_fetched_is_kept_where_something_outside_failed(
    tmp_path: Path, error: Exception | None, left: list[str]
) -> None:
    prefix = tmp_path / "prefix"
    assert _leave(prefix, error) == left
    assert _leave(prefix, None) == []


def test_what_a_killed_run_left_is_used_and_its_scratch_is_not(tmp_path: Path) -> None:
    work = tmp_path / ".prefix.peso-work"
    (work / "cache" / "fetched").mkdir(parents=True)
    (work / "work" / "release").mkdir(parents=True)
    with workspace.installing_bench(tmp_path / "prefix", lambda _progress: None) as bench:
        assert (bench.cache / "fetched").is_dir()
        assert not bench.work.exists()
    assert not work.exists()
