"""Where tracebacks are, what they end with, whose they are."""

from __future__ import annotations

from peso.products.engines.failures.first_error import first_error
from peso.products.engines.failures.log import Log
from peso.products.engines.failures.tracebacks import tracebacks

SPACKS = (
    '  File "/x/lib/spack/spack/builder.py", line 1, in execute\n    raise SomeError("error: no")\n'
)
RECIPES = '  File "/x/packages/hypre/package.py", line 9, in install\n    None.x\n'
PROGRAMS = '  File "gen.py", line 3, in <module>\n    import yaml\n'
BEGIN = "Traceback (most recent call last):\n"
END = "make: *** [Makefile:1: x] Error 1\n"


def told(text: str) -> tuple[int, str, str] | None:
    found = first_error(text)
    return None if found is None else (found.line, found.kind, found.text)


def test_an_exception_in_a_recipe_is_the_recipes() -> None:
    assert told(BEGIN + RECIPES + "AttributeError: x\n") == (4, "recipe", "AttributeError: x")


def test_an_exception_in_spack_is_the_recipes_too() -> None:
    assert told(BEGIN + SPACKS + "InstallError: no\n") == (4, "recipe", "InstallError: no")


def test_an_exception_that_a_sign_knows_is_of_its_kind() -> None:
    assert told(BEGIN + SPACKS + "OSError: [Errno 28] No space left on device\n") == (
        4,
        "disk",
        "OSError: [Errno 28] No space left on device",
    )


def test_an_exception_of_a_program_counts_if_the_build_failed() -> None:
    assert told(BEGIN + PROGRAMS + "ValueError: x\n") is None
    assert told(BEGIN + PROGRAMS + "ValueError: x\n" + END) == (4, "other", "ValueError: x")


def test_a_command_that_failed_is_not_the_recipes_fault() -> None:
    error = "a.c:1:1: error: x\n"
    end = BEGIN + RECIPES + "spack.error.ProcessError: Command exited with status 2:\n"
    assert told(error + end) == (1, "compile", "a.c:1:1: error: x")
    assert told(end) == (4, "other", "spack.error.ProcessError: Command exited with status 2:")


def test_source_lines_are_no_errors() -> None:
    log = Log((BEGIN + SPACKS + "KeyError\n").encode())
    (found,) = tracebacks(log, 0, len(log.data))
    assert found.exception is not None
    assert log.line(found.exception) == "KeyError"
    assert found.spacks


def test_of_a_chain_the_last_is_what_stopped_it() -> None:
    text = (
        f"{BEGIN}{PROGRAMS}KeyError: 'a'\n\n"
        f"During handling of the above exception, another exception occurred:\n\n"
        f"{BEGIN}{RECIPES}InstallError: no a\n"
    )
    assert told(text) == (11, "recipe", "InstallError: no a")


def test_two_that_are_not_chained_are_two() -> None:
    text = f"{BEGIN}{PROGRAMS}KeyError: 'a'\nquiet\n{BEGIN}{RECIPES}InstallError: no a\n"
    assert len(tracebacks(Log(text.encode()), 0, len(text))) == 2


def test_a_traceback_that_is_indented() -> None:
    text = "".join(f"  {line}\n" for line in (BEGIN + RECIPES + "KeyError: 'a'").splitlines())
    assert told(text) == (4, "recipe", "KeyError: 'a'")


def test_a_traceback_without_an_exception_says_nothing() -> None:
    assert told(BEGIN) is None
    assert told(BEGIN + SPACKS) is None
