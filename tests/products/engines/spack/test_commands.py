"""The command lines of Spack, word by word."""

from __future__ import annotations

from pathlib import Path

from peso.products.engines.spack.commands import Commands

START = ("/spack/bin/spack", "--color", "never")
COMMANDS = Commands(program=Path("/spack/bin/spack"), scopes=(Path("/a"), Path("/b")))
SCOPES = ("-C", "/a", "-C", "/b")
ENV = Path("/env")


def test_every_command() -> None:
    where = (*SCOPES, "-D", "/env")
    into = ("--scope", "env:/env")
    said = {
        COMMANDS.concretize(ENV): (*START, "-v", *where, "concretize"),
        COMMANDS.install(ENV): (*START, *where, "install", "--only-concrete"),
        COMMANDS.config_in_force(ENV): (*START, *where, "config", "get", "--json"),
        COMMANDS.compiler_find(ENV): (*START, *where, "compiler", "find", *into),
        COMMANDS.external_find(ENV, tags=["t"], exclude=["x"]): (
            *(*START, *where, "external", "find", *into),
            *("-t", "t", "--exclude", "x"),
        ),
        COMMANDS.external_find(ENV, names=["mpich"]): (
            *(*START, *where, "external", "find", *into),
            "mpich",
        ),
        COMMANDS.load(["h1", "h2"]): (*START, *SCOPES, "load", "--sh", "/h1", "/h2"),
        COMMANDS.push(Path("/cache"), ["h1", "h2"]): (
            *(*START, *SCOPES, "buildcache", "push", "--force", "--unsigned"),
            *("--only", "package", "file:///cache", "/h1", "/h2"),
        ),
        COMMANDS.bring_back(["h1", "h2"]): (
            *(*START, *SCOPES, "install", "--cache-only", "--no-check-signature"),
            *("/h1", "/h2"),
        ),
        COMMANDS.test_run("h1"): (*START, "-v", *SCOPES, "test", "run", "/h1"),
    }
    for ours, expected in said.items():
        assert ours == expected


def test_jobs_and_signatures_are_spacks_own() -> None:
    words = set(COMMANDS.install(ENV, fail_fast=True))

    assert "--fail-fast" in words
    assert not {"-j", "--jobs", "-p", "--no-check-signature", "--no-cache"} & words


def test_another_scope_goes_on_top() -> None:
    more = COMMANDS.on_top(Path("/c"))

    assert more.load(["h"])[3:9] == ("-C", "/a", "-C", "/b", "-C", "/c")
    assert COMMANDS.scopes == (Path("/a"), Path("/b"))
