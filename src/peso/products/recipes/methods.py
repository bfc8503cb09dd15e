"""Bodies of methods that are not in the syntax tree: parsed when somebody calls the method.

Two thirds of what Python's parser would make of a recipe are bodies of methods, which nobody calls
while a class is read. `lines.py` takes them out; here is how one is told, and how it is had back.

1. The pattern goes through a body as Python's own tokens do: texts, comments, ends of lines. So a
   body ends where a line that is no part of a text is no deeper than its `def`.
2. What is not plain (a text of many lines with letters before it, an argument list with brackets or
   over several lines) is left in its place.
"""

from __future__ import annotations

import ast
from typing import Final

from peso.products.recipes.syntax import tree_of

_DEEPER: Final = r"\n(?= {5}| *+(?:\n|#))"
_LONG: Final = (
    r"(?<![A-Za-z])"
    r"(?:\"{3}(?:[^\"\\]|\\.|\"(?!\"\"))*+\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*+'{3})"
)
_SHORT: Final = r"\"(?!\"\")(?:[^\"\\\n]|\\[^\n])*+\"|'(?!'')(?:[^'\\\n]|\\[^\n])*+'"
METHOD: Final = (
    r"(def \w++\([^()\n\"'#]*+\)(?: -> [\w.]++)?+:)(?= *+\n {5})"
    rf"(?:[^\"'#\n\\]++|{_DEEPER}|{_SHORT}|{_LONG}|#[^\n]*+)++"
)
"""From `def` to the end of the last line; its group is the first line."""


class Body(ast.stmt):
    """The body of a method that is not in the syntax tree."""

    def __init__(self, text: str, before: int) -> None:
        """Make the statement that stands for it; `before`: the lines of the file before it."""
        self.text, self.before = text, before


def body_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
    """Return the statements of a function, parsed now where that was put off.

    Raises `CannotRead`.
    """
    first = node.body[0]
    if type(first) is Body:
        tree = tree_of(f"if 0:{first.text}", first.before)
        ast.increment_lineno(tree, first.before)
        node.body = tree.body[0].body  # type: ignore[attr-defined]
    return node.body
