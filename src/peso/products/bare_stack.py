"""A bare Spack environment as a stack, with the defaults of the house.

What it does not do: solve, or change the environment. To say more, a `stack.yaml` beside the
environment names it. The rules, in order:

1. The name is that of the environment's folder; the channel is `testing`, the policy `default`, the
   platform this machine.
2. There is one part, `native`; the products are the packages its roots name, each once. A root that
   may not be one here (a condition nobody can answer) is no product.
3. The version is `BY_THE_LOCK` until the lock is known: then `version_of` says it.
4. The tests are Spack's own stand-alone ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

from peso.errors import BadInput
from peso.products.environments.record import Environment
from peso.products.spec.faults import SpecError
from peso.products.spec.parse import parse_spec
from peso.products.stack import SpackPart, Stack

BY_THE_LOCK: Final = "0+lock"
"""The version of a stack whose lock decides it."""
PART: Final = "native"
_DIGITS: Final = 12
_NO_NAME = re.compile(r"[^a-z0-9]+")


def bare_stack(environment: Environment) -> Stack:
    """Return the stack that an environment alone is.

    Raises:
        BadInput: It asks for nothing.
    """
    file = Path(environment.file).absolute()
    products = tuple(dict.fromkeys(_names(environment)))
    if not products:
        raise BadInput(
            "the environment asks for nothing",
            where=str(file),
            hint="list products under `specs:`",
        )
    name = _NO_NAME.sub("-", file.parent.name.lower()).strip("-") or "stack"
    stack = Stack.model_validate(
        {
            "schema": "peso.stack/1",
            "name": name,
            "version": BY_THE_LOCK,
            "title": f"{name}, a Spack environment",
            "parts": {PART: {"engine": "spack", "environment": file.name}},
            "products": tuple({"name": one, "part": PART} for one in products),
            "suites": {"standalone": {"kind": "spack"}},
        }
    )
    return stack.found_at(file)


def is_bare(stack: Stack) -> bool:
    """Say whether a stack is an environment alone: then its file is the environment's."""
    parts = stack.parts.values()
    return any(
        isinstance(part, SpackPart) and part.environment == stack.file.name for part in parts
    )


def stack_text(stack: Stack) -> bytes:
    """Return a stack as a stack file, for what reads releases."""
    said: dict[str, Any] = stack.model_dump(
        mode="json", by_alias=True, exclude_defaults=True, exclude_none=True
    )
    heading = f"# Made by PESO for the bare environment {stack.file.name}.\n"
    return (heading + yaml.safe_dump(said, sort_keys=False, width=100)).encode()


def version_of(stack: Stack, lock_sha256: str) -> Stack:
    """Return the stack with the version that its lock gives it, where the lock decides it."""
    if stack.version != BY_THE_LOCK:
        return stack
    version = f"0+{lock_sha256[:_DIGITS]}"
    return stack.model_copy(update={"version": version}).found_at(stack.file)


def _names(environment: Environment) -> Iterator[str]:
    for root in environment.roots:
        if root.doubts:
            continue
        try:
            name = parse_spec(root.spec).name
        except SpecError:
            continue  # Spack says what is wrong with it, and so does the linter
        if name:
            yield name
