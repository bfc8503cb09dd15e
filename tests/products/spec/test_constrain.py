"""What meets two specs at once."""

from __future__ import annotations

import pytest

from peso.products.spec.constrain import constrain
from peso.products.spec.faults import Contradiction
from peso.products.spec.parse import parse_spec
from peso.products.spec.text import format_spec


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("a@1:3", "@2:", "a@2:3"),
        ("", "n.a", "n.a"),
        ("a+x", "~y", "a+x~y"),
        ("a x=b", "x=c", "a x=b,c"),
        ("a x:=b,c", "x=c", "a x:=b,c"),
        ("a x=*", "+x", "a+x"),
        ("a+x", "x=*", "a+x"),
        ("a++x", "+x", "a+x"),
        ("a cflags=-g", "cflags='-O2 -g' ldflags=-s", "a cflags='-g -O2' ldflags=-s"),
        ("a cflags=='-g -w'", "cflags=-g", "a cflags=-g cflags==-w"),
        ("a platform=linux", "target=x86_64:", "a platform=linux target=x86_64:"),
        ("a target=x86_64:", "target=zen2", "a target=zen2"),
        ("a target=x86_64_v2:", "target=:zen3", "a target=x86_64_v2:zen3"),
        ("a os=*", "os=x", "a os=x"),
        ("a/ab", "/abc", "a/abc"),
        ("a/abc", "/ab", "a/abc"),
        ("a ^b", "a ^c", "a ^b ^c"),
        ("a ^b@1:", "%[deptypes=build]c=b@:2", "a %[deptypes=build] c=b@1:2"),
        ("a ^b", "a ^[when=+x]b@1", "a ^b ^[when='+x'] b@1"),
    ],
)
def test_both(one: str, other: str, both: str) -> None:
    made = constrain(parse_spec(one), parse_spec(other))
    assert made == parse_spec(both), format_spec(made)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("a", "b", "a is not b"),
        ("n.a", "m.a", "namespace n is not m"),
        ("a@1", "a@2", "no version is in both @1 and @2"),
        ("a+x", "a~x", "variant x"),
        ("a/b", "a/c", "/b is not /c"),
        ("a target=zen2", "a target=aarch64", "no machine"),
        ("a ^b@1", "a ^b@2", "cannot be met at once"),
        ("a", "a ^", "without a name"),
    ],
)
def test_contradictions(one: str, other: str, said: str) -> None:
    with pytest.raises(Contradiction, match=said):
        constrain(parse_spec(one), parse_spec(other))
