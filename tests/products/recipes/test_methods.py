"""Bodies of methods: what is put off is there when it is asked for, and nothing else is put off."""

from __future__ import annotations

import ast
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peso.products.recipes.lines import Lines, put_back, shortened
from peso.products.recipes.methods import Body, body_of
from peso.products.recipes.parse import parse
from peso.products.recipes.refusals import CannotRead


def _class(*lines: str) -> str:
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    return f"class Thing(Package):\n{body}\n"


def _methods(tree: ast.Module) -> list[ast.FunctionDef]:
    found = [one for top in tree.body for one in getattr(top, "body", ())]
    return [one for one in found if isinstance(one, ast.FunctionDef)]


def _put_off(text: str) -> int:
    several = _methods(parse(text.encode(), bodies=False))
    return sum(type(one.body[0]) is Body for one in several)


def _dump(tree: ast.Module, without: frozenset[int] = frozenset()) -> str:
    """Write a syntax tree down, without lines of a class and without where things end.

    A comment after a method, or an empty line, belongs to nobody.
    """
    for top in tree.body:
        if isinstance(top, ast.ClassDef):
            top.end_lineno = top.end_col_offset = 0
            top.body = [
                one for one in top.body if not isinstance(one, Lines) and one.lineno not in without
            ] or [ast.Pass()]
    for one in _methods(tree):
        one.end_lineno = one.end_col_offset = 0
    return ast.dump(tree, include_attributes=True)


PUT_OFF = [
    ("def f(self):", "    return 1"),
    ("@property", "def f(self):  ", "    return 1  # it's"),
    ("def f(self, a=1, *b, **c) -> str:", "    if a:", "", "        return 'x'", '    return "#"'),
    ("def f(self):", '    """About', "this", '    """', "    return 1"),
    ("def f(self):", "    x = '''a\"b'''  # ''' ", "    return {'a': x[0]}"),
    ("def f(self):", r"""    return 'it\'s' + "\\" + '"'"""),
    ("def f(self):", "    x = ''", "# a comment", "    return x", "", "# another"),
    ("def f(self):", "    def g(x):", "        yield x", "    return [*g(1)]"),
]
LEFT = [
    ("def f(self): return 1",),
    ("def f(", "    self):", "    return 1"),
    ("def f(self, a=()):", "    return a"),
    ("def f(self, a='b'):", "    return a"),
    ("def f(self):", "# a comment", "    return 1"),
    ("def f(self):", '    x = f"""', '{self}"""', "    return x"),
    ("async def f(self):", "    return 1"),
    ("def f(self):", "    return 1 + \\", "        2"),
]


@pytest.mark.parametrize("lines", PUT_OFF)
def test_a_body_is_had_back_as_it_is_written(lines: tuple[str, ...]) -> None:
    text = _class("x = 1", *lines, "def last(self):", "    pass", "y = 2")
    tree = parse(text.encode(), bodies=False)

    assert _put_off(text) == 2
    for one in _methods(tree):
        body_of(one)
    assert _dump(tree) == _dump(ast.parse(text))


@pytest.mark.parametrize("lines", LEFT)
def test_what_is_not_plain_is_parsed_at_once(lines: tuple[str, ...]) -> None:
    text = _class(*lines)

    assert _put_off(text) == 0
    assert ast.dump(parse(text.encode(), bodies=False)) == ast.dump(ast.parse(text))


@pytest.mark.parametrize(
    "text",
    [
        _class('"""', "def f(self):", "    return 1", '"""'),
        _class("def f(self):", "    return (", "1)").replace("    1)", "1)"),
        _class("def f(self):", "    return {", "1: 2", "}").replace("    1: 2", "1: 2"),
        _class("if x:", "    def f(self):", "        return 1"),
        "if x:\n    def f(self):\n        return 1\n",
        "def f(self):\n    return 1\n",
    ],
)
def test_what_only_looks_like_a_method_is_parsed_at_once(text: str) -> None:
    assert _put_off(text) == 0
    assert ast.dump(parse(text.encode(), bodies=False)) == ast.dump(ast.parse(text))


@pytest.mark.parametrize(
    "lines",
    [
        ("several = (", "def f(self):", "    return 1", ")"),
        ("def f(self:", "    return 1"),
        ("def f(self):", "    return 'a"),
    ],
)
def test_what_is_no_python_outside_of_bodies_is_said_at_once(lines: tuple[str, ...]) -> None:
    text = _class(*lines, "def last(self):", "    pass")
    with pytest.raises(SyntaxError):
        ast.parse(text)
    with pytest.raises(CannotRead):
        parse(text.encode(), bodies=False)


def test_a_fault_in_a_body_is_said_with_its_line_when_the_body_is_asked_for() -> None:
    text = _class("x = 1", "def f(self):", "    y = 1", "    return 2 +")
    (method,) = _methods(parse(text.encode(), bodies=False))
    with pytest.raises(CannotRead, match=r"line 5: it is not Python"):
        body_of(method)


def test_a_body_is_parsed_once() -> None:
    (method,) = _methods(parse(_class("def f(self):", "    return 1").encode(), bodies=False))

    assert body_of(method) is body_of(method)


@pytest.mark.parametrize(
    "text",
    [
        "\n    def f(self):\n     " * 50_000,
        "\n    def f(self):\n     x" + "\n" * 200_000 + '"',
        '\n    def f(self):\n     """' * 30_000,
        "\n    def f(self):\n     '''\n     \"\"\"" * 30_000,
        "\n    def f(" + "a, " * 200_000,
        "\n    def f(self):\n     " + "'a' " * 200_000 + '"',
        ("\n    def f(self):" + " " * 300) * 2_000,
        "\n    def f(self):\n" + (" " * 300 + "\n") * 2_000 + "'",
    ],
)
def test_a_text_made_to_hurt_comes_to_an_end(text: str) -> None:
    taken = shortened(text, with_bodies=False)  # in milliseconds; it would be hours, or never

    assert len(taken.bodies) <= text.count("def")


_SOME = st.sampled_from(
    [
        *("    ", "\n", "\n    ", "\n        ", "0", '"', '"""', "'", "'''", "\\\n", "\\", "#"),
        *("(", ")", "[", "]", ",", "f", "r", "x = ", "class A(B):\n", "if x:\n", "\t", "\f"),
        *("\n    def f(self):\n        return 1", "\n    def f(self):\n        ", "def f(x):\n"),
        *(
            "\n    @d",
            '\n        """About."""',
            "        pass\n",
            '\n    version("1", sha256="a")\n',
        ),
    ]
)


@given(st.lists(_SOME, max_size=25).map("".join))
def test_putting_off_never_changes_what_python_would_see(text: str) -> None:
    text = f"class A(B):\n    x = 1\n{text}\n"
    taken = shortened(text, with_bodies=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(taken.text)
            if not put_back(tree, taken):
                return
            for one in _methods(tree):
                body_of(one)
        except (SyntaxError, ValueError, CannotRead):
            return
        whole = ast.parse(text)  # raises where more than a body's own syntax was hidden
    lines = frozenset(one for several in taken.runs.values() for one, _ in several)

    assert _dump(tree) == _dump(whole, lines)
