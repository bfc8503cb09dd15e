"""Writes are whole or not there, also after a kill; locks say who holds them; names stay inside."""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peso.base import files
from peso.base.files import (
    TEMPORARY,
    disk,
    is_plain,
    locked,
    make_folder,
    remove_tree,
    safe_member,
    sweep,
    temporary,
    write_atomic,
)
from peso.errors import Outside, Reason, Refused


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(TEMPORARY)]


def test_a_file_is_written_whole_and_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "file"
    write_atomic(path, b"old")
    write_atomic(path, b"new", mode=0o600)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_a_staging_folder_keeps_the_target_folder_clean(tmp_path: Path) -> None:
    target, staging = tmp_path / "public" / "f", tmp_path / "staging"
    write_atomic(target, b"x", staging=staging)
    assert target.read_bytes() == b"x"
    assert staging.is_dir()
    assert not list(staging.iterdir())


def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    outside, link = tmp_path / "outside", tmp_path / "link"
    outside.write_bytes(b"mine")
    link.symlink_to(outside)
    write_atomic(link, b"new")
    assert outside.read_bytes() == b"mine"
    assert not link.is_symlink()


def test_a_target_that_is_a_folder_is_an_error_and_nothing_stays(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    with pytest.raises(Outside, match="cannot write") as raised:
        write_atomic(tmp_path / "here", b"x")
    assert raised.value.where == str(tmp_path / "here")
    assert not leftovers(tmp_path)


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Outside, match="cannot make the folder") as raised:
        write_atomic(tmp_path / "file" / "below", b"x")
    assert raised.value.hint


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "permission is denied"),
        (errno.ENOENT, "no such file"),
    ],
)
def test_errors_of_the_disk_are_plain_words(tmp_path: Path, number: int, words: str) -> None:
    with pytest.raises(Outside, match=words) as raised, disk(tmp_path, "write"):
        raise OSError(number, os.strerror(number))
    assert raised.value.where == str(tmp_path)
    assert raised.value.hint
    assert raised.value.exit_code == 3


def test_a_disk_that_takes_no_more_leaves_the_old_file(tmp_path: Path) -> None:
    """A file size limit stands for a full disk: the write fails in the middle."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from peso.base.files import write_atomic; from peso.errors import Outside\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: write_atomic(Path(sys.argv[1]), b'x' * 100_000)\n"
        "except Outside as error: sys.exit(str(error))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "larger than allowed" in done.stderr
    assert path.read_bytes() == b"old"
    assert not leftovers(tmp_path)


def test_a_kill_at_any_moment_leaves_the_old_or_the_new_file(tmp_path: Path) -> None:
    """Killed at every call that Python reports, in turn; the next writer sweeps what is left."""
    code = """
import os, signal, sys
from pathlib import Path
from peso.base.files import TEMPORARY, write_atomic

path, old, new = Path(sys.argv[1]), b"old" * 100_000, b"new" * 100_000
for moment in range(1, 1000):
    write_atomic(path, old)
    child = os.fork()
    if not child:
        left = moment
        def kill(event, _):
            global left
            if event.partition(".")[0] in {"open", "os", "shutil", "fcntl"}:
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGKILL)
        sys.addaudithook(kill)
        write_atomic(path, new)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert path.read_bytes() in {old, new}, moment
    left_behind = [name for name in os.listdir(path.parent) if name.startswith(TEMPORARY)]
    assert len(left_behind) <= 1, left_behind
    if status == 0:
        assert path.read_bytes() == new
        assert not left_behind
        sys.exit(f"killed {moment - 1} times")
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "file")],
        capture_output=True,
        text=True,
        check=False,
    )
    killed = re.fullmatch(r"killed (\d+) times\n", done.stderr)
    assert killed, done.stderr
    assert int(killed[1]) >= 5


def test_only_what_dead_processes_left_is_swept(tmp_path: Path) -> None:
    mine = temporary(tmp_path)
    mine.write_bytes(b"in work")
    machine, pid, start, _ = mine.name.removeprefix(TEMPORARY).split("-")
    dead = tmp_path / f"{TEMPORARY}{machine}-{pid}-{int(start) - 1}-aa"  # the pid is used again
    (dead / "folder").mkdir(parents=True)
    elsewhere = tmp_path / f"{TEMPORARY}00000000-{pid}-1-aa"  # another machine shares the folder
    elsewhere.write_bytes(b"")
    (tmp_path / f"{TEMPORARY}odd").write_bytes(b"")
    (tmp_path / "file").write_bytes(b"")
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [mine.name, elsewhere.name, f"{TEMPORARY}odd", "file"]
    )
    sweep(tmp_path / "absent")


def test_trees_go_away_whatever_is_in_them(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    make_folder(outside / "deep")
    tree = tmp_path / "tree"
    make_folder(tree / "read-only" / "inner")
    (tree / "read-only" / "inner" / "file").write_bytes(b"")
    (tree / "link").symlink_to(outside)
    (tree / "read-only").chmod(0o500)
    remove_tree(tree)
    assert not tree.exists()
    assert (outside / "deep").is_dir()
    link = tmp_path / "link"
    link.symlink_to(outside)
    remove_tree(link)
    assert (outside / "deep").is_dir()
    remove_tree(tmp_path / "absent")


def test_the_second_one_learns_who_holds_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "new" / "lock"
    with locked(lock, who="peso deliver"):
        said = json.loads(lock.read_bytes())
        assert (said["pid"], said["who"]) == (os.getpid(), "peso deliver")
        words = f"peso deliver (pid {os.getpid()}, since {said['since']}) holds the lock"
        with pytest.raises(Outside, match=re.escape(words)), locked(lock, who="peso install"):
            pass
    with locked(lock, who="peso install"):
        pass


def test_a_lock_without_words_is_still_a_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with locked(lock, who="a"):
        lock.write_bytes(b"[]")
        with pytest.raises(Outside, match="another process holds"), locked(lock, who="b"):
            pass


def test_the_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), locked(tmp_path / "lock", who="a"):
        raise ZeroDivisionError
    with locked(tmp_path / "lock", who="b"):
        pass


def test_waiting_ends_when_the_holder_ends(tmp_path: Path) -> None:
    lock, order = tmp_path / "lock", []
    started = threading.Event()

    def second() -> None:
        started.set()
        with locked(lock, who="second", wait=True):
            order.append("second")

    with locked(lock, who="first"):
        thread = threading.Thread(target=second)
        thread.start()
        started.wait(10)
        time.sleep(0.05)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_a_lock_file_removed_while_held_is_not_mistaken_for_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with locked(lock, who="first"):
        descriptor = os.open(lock, os.O_RDWR)
        lock.unlink()
        assert not files._still_there(descriptor, lock)
        os.close(descriptor)
        with locked(lock, who="second"):
            assert json.loads(lock.read_bytes())["who"] == "second"


def test_a_killed_holder_holds_no_lock(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from peso.base.files import locked\n"
        "with locked(Path(sys.argv[1]), who='peso deliver'): print(flush=True); time.sleep(60)\n"
    )
    lock = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(lock)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(Outside, match=f"pid {holder.pid}"), locked(lock, who="me"):
            pass
        holder.kill()
    with locked(lock, who="me"):
        pass


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "./",
        "/",
        "/etc/passwd",
        "//host/share",
        "..",
        "../x",
        "a/../b",
        "a/..",
        "C:x",
        "c:/x",
        "a\\b",
        "..\\x",
        "a\0b",
        "a\nb",
        "a\x7f",
        "a\udcff",
        "x" * 256,
        "a/" + "é" * 128,
    ],
)
def test_a_name_that_could_leave_its_folder_is_refused(name: str) -> None:
    with pytest.raises(Refused) as raised:
        safe_member(name)
    assert raised.value.reason is Reason.UNSAFE_PATH


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a", "a"),
        ("./a//b/", "a/b"),
        ("...", "..."),
        ("a..b/.c", "a..b/.c"),
        ("é/日本", "é/日本"),
        ("x" * 255, "x" * 255),
    ],
)
def test_a_name_that_stays_inside_is_a_path(name: str, path: str) -> None:
    assert safe_member(name) == PurePosixPath(path)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="./\\ab:\0é\n", max_size=12))
def test_what_is_accepted_stays_inside(name: str) -> None:
    try:
        path = safe_member(name)
    except Refused:
        return
    top = "/some/folder"
    inside = os.path.normpath(os.path.join(top, str(path)))  # noqa: PTH118 - as the kernel reads it
    assert inside.startswith(f"{top}/")


@given(st.text(st.sampled_from("ab.-_/\\: \0é\x7f~"), max_size=12) | st.text(max_size=8))
def test_a_plain_name_is_its_own_safe_path(name: str) -> None:
    try:
        expected = str(safe_member(name)) == name
    except Refused:
        expected = False

    assert is_plain(name) is expected


def test_a_name_with_a_part_too_long_is_not_plain() -> None:
    assert is_plain("a/" + "b" * 255)
    assert not is_plain("a/" + "b" * 256)
