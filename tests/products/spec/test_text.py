"""Printing specs: the canonical form, and that it is read as it was."""

from __future__ import annotations

import pytest

from peso.products.spec.parse import parse_spec
from peso.products.spec.text import format_spec


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("", ""),
        ("*", ""),
        ("a + x -y", "a+x~y"),
        ("a@ 1 , 2:", "a@1:"),
        ("a@=1.2", "a@=1.2"),
        ("a@git.f/x=1.2 +x", "a@git.f/x=1.2+x"),
        ("a ++x z=1 y=='b c'", "a++x y=='b c' z=1"),
        ("a x='b'", "a x=b"),
        ("a x='*y'", "a x=*y"),
        ('a x="it\'s"', 'a x="it\'s"'),
        ("a cflags='-O2' cflags==-g cflags=-w", "a cflags=-O2 cflags==-g cflags=-w"),
        ("a cflags=-O2 cflags=x", "a cflags=-O2 cflags=x"),
        ("a arch=linux-rhel8-zen2 /ab", "a platform=linux os=rhel8 target=zen2 /ab"),
        ("a/ab", "a/ab"),
        ("/ab", "/ab"),
        ("n.a", "n.a"),
        ("namespace=n", "namespace=n"),
        ("a ^c ^b %x %y", "a ^b %x %y ^c"),
        ("a ^c %c,b=gcc@12", "a ^c %b,c=gcc@12"),
        ("a %", "a %*"),
        ("a %x=1", "a %x=1"),
        ("a % x:=1", "a %* x:=1"),
        ("a %[virtuals=c] @1", "a %[virtuals=c] * @1"),
        ("a ^[virtuals=c deptypes=run,build when='+x']b", "a ^[when='+x' deptypes=build,run] c=b"),
        ("a %%clang", "a %%llvm"),
    ],
)
def test_canonical(text: str, canonical: str) -> None:
    spec = parse_spec(text)
    assert format_spec(spec) == canonical
    assert parse_spec(canonical) == spec
