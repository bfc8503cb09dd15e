"""A recipe's file becomes a syntax tree, in bounded time, with no more nodes than are needed.

1. Plain lines of a class are not in it (`lines.py`), and where that is asked for the bodies of
   methods are not either (`methods.py`): few of them are ever called.
2. Where they cannot be taken out surely, all of it is parsed.
3. A fault of syntax in what was taken out is not seen. Plain lines have none; for bodies, who asked
   for it must look at the whole text (`syntax.tree_of`) before he says that a recipe is sound.
"""

from __future__ import annotations

import ast
import contextlib

from peso.products.recipes.lines import put_back, shortened
from peso.products.recipes.syntax import text_of, tree_of


def parse(data: bytes, *, bodies: bool = True) -> ast.Module:
    """Return the syntax tree of a file; raises `CannotRead` with the reason.

    Args:
        data: the bytes of the file.
        bodies: whether the bodies of methods are in it.
    """
    text = text_of(data)
    taken = shortened(text, with_bodies=bodies)
    if taken.runs or taken.bodies:
        # What is wrong with it, the whole text says.
        with contextlib.suppress(SyntaxError, ValueError, MemoryError, RecursionError):
            tree = ast.parse(taken.text)
            if put_back(tree, taken):
                return tree
    return tree_of(text)
