"""Imports: which names a file brings in, and from which module of which repository.

1. What comes from a repository (`spack_repo.…`, `spack.pkg.…`, relative) is looked up when used.
2. What comes from Spack or Python stands for itself, by its full name.
"""

from __future__ import annotations

import ast

from peso.products.recipes.naming import V1, V2
from peso.products.recipes.refusals import CannotRead
from peso.products.recipes.values import (
    LateImport,
    Module,
    Outside,
    Scope,
)


def in_repository(dotted: str) -> bool:
    """Say whether a dotted module name is of a recipe repository."""
    return dotted.startswith((f"{V2}.", f"{V1}."))


def bind_imports(node: ast.Import | ast.ImportFrom, scope: Scope) -> None:
    """Bind the names that an import statement brings."""
    if isinstance(node, ast.Import):
        for one in node.names:
            if one.asname is None:
                scope.names[one.name.partition(".")[0]] = Outside(one.name.partition(".")[0])
            elif in_repository(one.name):
                scope.names[one.asname] = LateImport(one.name, "")
            else:
                scope.names[one.asname] = Outside(one.name)
        return
    dotted = absolute(node.module or "", node.level, scope.module)
    for one in node.names:
        if one.name == "*":
            if dotted not in scope.module.stars:
                scope.module.stars.append(dotted)
        elif in_repository(dotted) or dotted in {V2, V1}:
            scope.names[one.asname or one.name] = LateImport(dotted, one.name)
        else:
            scope.names[one.asname or one.name] = late_or_outside(dotted, one.name)


def late_or_outside(dotted: str, name: str) -> LateImport | Outside:
    """Return a name of Spack or Python; a class of Spack may come from a repository."""
    if dotted == "spack" or dotted.startswith("spack."):
        return LateImport(dotted, name)
    return Outside(f"{dotted}.{name}")


def absolute(module: str, level: int, here: Module) -> str:
    """Return the absolute dotted name of a module that is imported from a file."""
    if not level:
        return module
    parts = here.package.split(".")
    if level > len(parts):
        raise CannotRead("it imports from above its repository", raised="ImportError")
    kept = parts[: len(parts) - level + 1]
    return ".".join([*kept, module] if module else kept)
