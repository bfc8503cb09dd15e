"""Modules as text: strings are strings, and comments end with their line."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.services.delivery.emit.installed import Origin
from peso.services.delivery.emit.lua import comment, lua, quoted
from peso.services.delivery.emit.modules import Module

HOSTILE = (
    'a"); os.execute("touch x") --',
    "a\\",
    'a\\"); os.exit() --',
    "line\nos.exit()",
    "carriage\ros.exit()",
    "]]==] os.exit() --[[",
    "\x00\x01\x7f1",
    "ünïcödé \U0001f600",
)
ORIGIN = Origin(stack="mini", version="26.11", channel="stable", title='A "few"', manifest="ab")


def read(text: str) -> str:
    """Read a quoted string as Lua does; fails where it ends before the text does."""
    inside = re.fullmatch(r'"((?:[^"\\\n\r]|\\["\\n]|\\\d{3})*)"', text)
    assert inside, text
    return re.sub(
        r'\\(["\\n]|\d{3})',
        lambda one: "\n" if one[1] == "n" else one[1] if not one[1].isdigit() else chr(int(one[1])),
        inside[1],
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_a_string_is_what_it_was(text: str) -> None:
    assert read(quoted(text)) == text


@given(st.text(st.characters(codec="utf-8")))
def test_any_string_is_what_it_was(text: str) -> None:
    assert read(quoted(text)) == text


@given(st.text(st.characters(codec="utf-8")))
def test_a_comment_is_one_line_and_no_long_one(text: str) -> None:
    said = comment(text)

    assert said.splitlines() == [said]
    assert said == "--" or said.startswith("-- ")


def module(text: str) -> Module:
    return Module(
        name=f"{text}/1",
        label=text,
        version=text,
        description=text,
        homepage=text,
        unit=text,
        holds=(text,),
        family=text,
        loads=(text,),
        paths=(("PATH", text),),
        variables=(("X_ROOT", text),),
        system_manuals=True,
        remarks=(text,),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_each_line_is_one_call_or_a_comment(text: str) -> None:
    for line in lua(module(text), ORIGIN).split("\n"):
        if line and not line.startswith("--"):
            call = re.fullmatch(r"([a-z_]+)\((.*)\)", line)
            assert call, line
            strings = re.fullmatch(r'("(?:[^"\\]|\\.)*")(?:, ("(?:[^"\\]|\\.)*"))?', call[2])
            assert strings, line


@pytest.mark.parametrize("text", HOSTILE)
def test_lua_itself_reads_the_string(text: str) -> None:
    program = next(
        (one for name in ("lua5.4", "lua5.3", "lua", "luajit") if (one := shutil.which(name))), None
    )
    if program is None:
        pytest.skip("NOT CHECKED WITH LUA: there is none on this machine (apt-get install lmod)")
    done = subprocess.run(
        [program, "-"], input=f"io.write({quoted(text)})".encode(), capture_output=True, check=True
    )

    assert done.stdout == text.encode()
