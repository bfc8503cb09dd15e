"""Whole lines of a class that say one plain thing: taken out before Python's parser sees them.

Half of what the parser makes of a recipe is `version("1", sha256="…")` and its like, and every node
costs an object. A run of such lines is replaced by one short statement, `0`, and empty lines.

1. A line is taken out only where it surely is a statement of its own: the parser must find the `0`
   of every run as a statement of a class, at that very line and column. Then Python was between two
   statements there (in no text, bracket or continued line), and so it is after each line of it.
2. Where one is not found, or what is left is no Python, nothing is taken out and all is parsed.
3. What a line may be is narrow: four spaces, a directive or an attribute we know, texts without
   backslash, `True`, `False` and tuples of texts, a comment after it. All of it is always Python,
   and nothing in it depends on what is around. A directive may go over several lines.
4. A line is never judged here: whether `version` is Spack's is seen when the class is read.
5. Where that is asked for, the bodies of methods are taken out too: of `def f(self):` and what is
   under it `def f(self): 0` is left, and must be found in the same way (`methods.py`).
"""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import Final, NamedTuple

from peso.products.recipes.methods import METHOD, Body

_TEXT = r'"[^"\\\n]*+"'
_GAP = r"[ \n]*+"
_TUPLE = rf"\({_GAP}(?:{_TEXT},{_GAP})++(?:{_TEXT}{_GAP})?+\)"
_VALUE = rf"(?:{_TEXT}|True|False|{_TUPLE})"
_NAMES = (
    "branch|checked_by|commit|default|deprecated|description|expand|git|level|md5|msg|multi"
    "|no_cache|policy|preferred|sha1|sha256|sha512|sticky|submodules|tag|type|url|values|when"
)
_DIRECTIVES = (
    "build_system|conflicts|depends_on|extends|license|maintainers|patch|provides|requires"
    "|variant|version"
)
_LINES: Final = (
    r'version\("([^"\\\n]*+)", sha256="([^"\\\n]*+)"\)'
    rf'|depends_on\("([^"\\\n]*+)"((?:, (?:type|when)={_VALUE})*+)\)'
    r'|(bioc|cran|git|homepage|list_url|pypi|url) = "([^"\\\n]*+)"'
    rf"|({_DIRECTIVES})"
    rf"\(({_GAP}{_VALUE}(?:,{_GAP}{_VALUE})*+(?:,{_GAP}(?:{_NAMES})={_VALUE})*+(?:,{_GAP})?+{_GAP})\)"
)
VERSION, DEPENDENCY, ATTRIBUTE, OTHER, BODY = 2, 4, 6, 8, 9
"""The last group of a line that matched, by what it is."""
_ARGUMENT: Final = re.compile(rf'(?:(\w+)=)?(?:"([^"\\\n]*+)"|(True|False)|({_TUPLE}))')
_MEMBER: Final = re.compile(_TEXT)
_SHORT: Final = "\n    0"

Line = tuple[int, "re.Match[str]"]
"""The number of a line, and what it says."""


class Lines(ast.stmt):
    """A run of lines in a class that are not in the syntax tree."""

    def __init__(self, several: list[Line]) -> None:
        """Make the statement that stands for them."""
        self.several = several


class Taken(NamedTuple):
    """A text without its plain lines, and what was taken out, by the line where the `0` is."""

    text: str
    runs: dict[int, list[Line]]
    bodies: dict[int, Body]


@cache
def _pattern(*, with_bodies: bool) -> re.Pattern[str]:
    """Return what finds a line, from the line end before it, which is quickly found, up to its own.

    Every repetition is possessive, so that a text made to hurt is gone through once.
    """
    taken = _LINES if with_bodies else f"{_LINES}|{METHOD}"
    return re.compile(rf"\n    (?:{taken}) *+(?:#[^\n]*+)?+(?=\n)")


def shortened(text: str, *, with_bodies: bool = True) -> Taken:
    """Return a text without its plain lines and, where asked for, without bodies of methods."""
    runs: dict[int, list[Line]] = {}
    methods: dict[int, Body] = {}
    if "\r" in text or "\\\n" in text:  # other ends of lines than those seen here
        return Taken(text, runs, methods)
    parts: list[str] = []
    run: list[Line] = []
    first = number = 1
    after = 0
    for found in _pattern(with_bodies=with_bodies).finditer(text):
        start, end = found.span()
        if found.lastindex == BODY:
            inside = found.end(BODY)
            parts.append("\n" * (number - first))
            parts.append(text[after:inside])
            parts.append(" 0")
            number += text.count("\n", after, inside)
            first, run, after = number, [], end
            methods[number] = Body(text[inside:end], number - 1)
            number += text.count("\n", inside, end)
            continue
        if start != after or not run:
            between = text[after:start]
            empty = between.count("\n")
            number += empty
            if not run or empty != start - after:
                parts.append("\n" * (number - first - empty))
                parts.append(between)
                parts.append(_SHORT)
                first = number + 1
                runs[first] = run = []
        number += 1
        run.append((number, found))
        if found.lastindex == OTHER:
            number += text.count("\n", start + 1, end)
        after = end
    parts.append("\n" * (number - first))
    parts.append(text[after:])
    return Taken("".join(parts), runs, methods)


def put_back(tree: ast.Module, taken: Taken) -> bool:
    """Put what was taken out into the syntax tree where its `0` is; False: not all was found."""
    found, (_, runs, bodies) = 0, taken
    for top in tree.body:
        if type(top) is not ast.ClassDef:
            continue
        body = top.body
        for place, node in enumerate(body):
            if type(node) is ast.Expr and node.col_offset == 4 and node.lineno in runs:  # noqa: PLR2004
                said = node.value
                if type(said) is ast.Constant and said.value == 0 and said.lineno == node.lineno:
                    body[place] = Lines(runs[node.lineno])
                    found += 1
            elif type(node) is ast.FunctionDef and node.body[0].lineno in bodies:
                node.body = [bodies[node.body[0].lineno]]
                found += 1
    return found == len(runs) + len(bodies)


def statement(line: Line) -> ast.stmt:
    """Return the syntax tree of one line, as if it had never been taken out."""
    number, found = line
    node = ast.parse(found.group().strip()).body[0]
    ast.increment_lineno(node, number - 1)
    return node


def arguments(text: str) -> tuple[list[object], dict[str, object]] | None:
    """Return the arguments that are written in a line; None where one is given twice."""
    args: list[object] = []
    kwargs: dict[str, object] = {}
    for name, plain, flag, several in _ARGUMENT.findall(text):
        value: object = plain
        if several:
            value = tuple([one[1:-1] for one in _MEMBER.findall(several)])
        elif flag:
            value = flag == "True"
        if not name:
            args.append(value)
        elif name in kwargs:
            return None
        else:
            kwargs[name] = value
    return args, kwargs
