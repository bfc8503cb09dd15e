"""The short way says what the long way says, or nothing."""

from __future__ import annotations

import ast

import pytest

from peso.products.recipes.directives import say
from peso.products.recipes.plain import PLAIN, written

PLAINLY = [
    'depends_on("a@1:")',
    'depends_on("a", when="+x")',
    'depends_on("a", when="  ")',
    'depends_on("a", type="build", when=" +x ")',
    'depends_on("a", type=("build", "run"))',
    'depends_on("a", type="all")',
    'version("1.0", sha256="ab")',
]
OTHERWISE = [
    "depends_on()",
    'depends_on("a", "+x")',
    'depends_on("")',
    'depends_on("a", when=True)',
    'depends_on("a", when=name)',
    'depends_on("a", type=("build", name))',
    'depends_on("a", type="wrong")',
    'depends_on("a", patches="fix.patch")',
    'depends_on("a", **more)',
    'version("1.0")',
    'version(1.0, sha256="ab")',
    'version("1.0", "ab")',
    'version("1.0", sha256=None)',
    'version("1.0", sha256="ab", url="https://x.test/1")',
    'conflicts("a")',
]


def _call(text: str) -> tuple[str, ast.Call]:
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Name)
    return call.func.id, call


@pytest.mark.parametrize("text", PLAINLY)
def test_the_short_ways_say_what_the_long_way_says(text: str) -> None:
    name, call = _call(text)
    args = [ast.literal_eval(one) for one in call.args]
    kwargs = {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}
    around, place = ("%gcc",), (1, "base.py")
    said = say(name, args, kwargs, around, place)

    assert written(name, call, {}, around, "base.py") == said
    assert PLAIN[name](args, kwargs, around, place) == said


@pytest.mark.parametrize("text", OTHERWISE)
def test_everything_else_is_left_to_the_long_way(text: str) -> None:
    name, call = _call(text)

    assert written(name, call, {}, (), "") is None


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ([], {"spec": "a"}),
        (["a"], {"when": False}),
        (["a"], {"type": ["build"]}),
        (["a"], {"patches": "fix.patch"}),
        ([1], {}),
    ],
)
def test_values_that_are_not_plain_are_left_too(
    args: list[object], kwargs: dict[str, object]
) -> None:
    assert PLAIN["depends_on"](args, kwargs, (), (1, "")) is None
