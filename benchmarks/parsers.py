"""`ast` or tree-sitter? The same extraction with both, over all recipes, in one process.

    python benchmarks/parsers.py REPOSITORY      (needs tree-sitter and tree-sitter-python)

The extraction: every call of a directive below a class, outside functions, with its line, its
keywords and the text of its literal arguments. Both must find the same. See docs/adr/0007.
"""

from __future__ import annotations

import ast
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

DIRECTIVES = frozenset(
    (
        *("version", "variant", "depends_on", "conflicts", "requires", "provides", "patch"),
        *("resource", "license", "maintainers", "extends", "build_system", "redistribute"),
    )
)
Found = tuple[int, str, tuple[str, ...], tuple[str, ...]]


def with_ast(data: bytes) -> list[Found]:
    found: list[Found] = []
    waiting: list[ast.AST] = [
        one for made in ast.parse(data).body if isinstance(made, ast.ClassDef) for one in made.body
    ]
    while waiting:
        one = waiting.pop()
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call):
            call = one.value
            if isinstance(call.func, ast.Name) and call.func.id in DIRECTIVES:
                texts = [a.value for a in call.args if isinstance(a, ast.Constant)]
                keywords = tuple(pair.arg or "**" for pair in call.keywords)
                found.append(
                    (one.lineno, call.func.id, tuple(t for t in texts if type(t) is str), keywords)
                )
        elif isinstance(one, (ast.With, ast.For, ast.If, ast.Try)):
            waiting.extend([*one.body, *getattr(one, "orelse", ())])
    return sorted(found)


def with_tree_sitter(parser: Any, data: bytes) -> list[Found]:  # noqa: ANN401 - comes without types
    found: list[Found] = []
    for made in parser.parse(data).root_node.named_children:
        inner = (
            made.child_by_field_name("definition") if made.type == "decorated_definition" else made
        )
        if inner.type == "class_definition":
            found.extend(_calls(inner.child_by_field_name("body")))
    return sorted(found)


_BLOCKS = frozenset(
    (
        *("with_statement", "for_statement", "if_statement", "try_statement", "block"),
        *("else_clause", "elif_clause"),
    )
)


def _calls(node: Any) -> Iterator[Found]:  # noqa: ANN401
    for one in node.named_children:
        if one.type == "expression_statement" and one.named_children[0].type == "call":
            call = one.named_children[0]
            name = call.child_by_field_name("function").text.decode()
            if name in DIRECTIVES:
                given = call.child_by_field_name("arguments").named_children
                texts = tuple(
                    _text(a) for a in given if a.type in {"string", "concatenated_string"}
                )
                keywords = tuple(
                    a.child_by_field_name("name").text.decode()
                    if a.type == "keyword_argument"
                    else "**"
                    for a in given
                    if a.type in {"keyword_argument", "dictionary_splat"}
                )
                yield one.start_point[0] + 1, name, texts, keywords
        elif one.type in _BLOCKS:
            yield from _calls(one)


def _text(node: Any) -> str:  # noqa: ANN401
    return str(ast.literal_eval(f"({node.text.decode()})")) if b"\\" in node.text else _plain(node)


def _plain(node: Any) -> str:  # noqa: ANN401
    if node.type == "concatenated_string":
        return "".join(_plain(one) for one in node.named_children)
    return "".join(one.text.decode() for one in node.named_children if one.type == "string_content")


def main() -> None:
    language = import_module("tree_sitter_python").language()
    sitter = import_module("tree_sitter")
    parser = sitter.Parser(sitter.Language(language))
    files = sorted(Path(sys.argv[1]).glob("packages/*/package.py"))
    texts = [one.read_bytes() for one in files]
    for number in range(3):
        began = time.process_time()
        first = [with_ast(one) for one in texts]
        between = time.process_time()
        second = [with_tree_sitter(parser, one) for one in texts]
        ended = time.process_time()
        differ = sum(one != other for one, other in zip(first, second, strict=True))
        calls = sum(map(len, first))
        print(
            f"round {number}: {len(texts)} files, {calls} calls; ast {between - began:.2f} s, "
            f"tree-sitter {ended - between:.2f} s; {differ} files differ"
        )


if __name__ == "__main__":
    main()
