from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

import pytest

from peso.base.process import run_tool
from peso.products.platforms.detect import _distribution, _memory, detect_host
from peso.products.platforms.port import Host


def test_this_machine_is_described() -> None:
    host = detect_host()
    assert host.system == platform.system()
    assert host.machine == platform.machine()
    assert 1 <= host.cores <= (os.cpu_count() or 1)
    assert host.memory > 1 << 20
    assert all((host.name, host.distribution, host.libc, host.python))
    assert Host.parse(host.canonical()) == host


@pytest.mark.skipif(sys.platform != "linux", reason="speaks of Linux")
def test_libc_is_named_with_its_version() -> None:
    name, _, version = detect_host().libc.partition(" ")
    assert name in {"glibc", "musl", "libc"}
    assert version


WATCHED = """
import sys
from peso.products.platforms.detect import detect_host
started = []
sys.addaudithook(lambda event, _: started.append(event) if event in starts else None)
starts = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.exec"}
detect_host()
print(started)
"""


def test_no_process_is_started(tmp_path: Path) -> None:
    """An audit hook cannot be taken away again, so it lives in a process of its own."""
    said = run_tool([sys.executable, "-c", WATCHED], directory=tmp_path, what="watching")
    assert said.stdout == "[]\n"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('NAME="Some"\nPRETTY_NAME="Some Linux 1 (one)"\n', "Some Linux 1 (one)"),
        ("PRETTY_NAME='Other'\n# PRETTY_NAME=no\n", "Other"),
        ("PRETTY_NAME=Plain\n", "Plain"),
    ],
)
def test_the_distribution_is_what_it_calls_itself(tmp_path: Path, text: str, name: str) -> None:
    file = tmp_path / "os-release"
    file.write_text(text)
    assert _distribution(file) == name


@pytest.mark.parametrize("text", ["", "NAME=x\n", 'PRETTY_NAME=""\n'])
def test_a_distribution_without_a_name_is_not_made_up(tmp_path: Path, text: str) -> None:
    file = tmp_path / "os-release"
    file.write_text(text)
    assert _distribution(file) in {platform.release(), f"macOS {platform.mac_ver()[0]}"}
    assert _distribution(tmp_path / "gone")


def test_a_container_has_no_more_memory_than_it_is_given(tmp_path: Path) -> None:
    limit = tmp_path / "memory.max"
    whole = _memory(tmp_path / "gone")
    limit.write_text("1048576\n")
    assert _memory(limit) == 1 << 20
    limit.write_text("max\n")
    assert _memory(limit) == whole
