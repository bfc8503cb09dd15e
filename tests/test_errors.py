"""Errors are for people: where, what, what next; and each kind has its exit code."""

from __future__ import annotations

from peso.errors import BadInput, Fault, Outside, PesoError, Reason, Refused


def test_an_error_says_where_what_and_what_next() -> None:
    error = Refused("changed", where="index.html", hint="get it again", reason=Reason.CHANGED)

    assert str(error) == "index.html: changed\n  hint: get it again"
    assert str(PesoError("odd")) == "odd"


def test_a_bad_input_lists_every_fault_on_its_line() -> None:
    faults = (
        Fault(where="a.yaml:1:2", message="unknown key 'x'", hint="did you mean 'y'?"),
        Fault(where="a.yaml:3:4", message="a number", expected="a string"),
    )

    assert str(BadInput("2 faults", faults=faults, where="a.yaml")).splitlines() == [
        "a.yaml: 2 faults",
        "  a.yaml:1:2: unknown key 'x' (hint: did you mean 'y'?)",
        "  a.yaml:3:4: a number; expected a string",
    ]


def test_the_exit_codes_are_those_of_the_reference() -> None:
    assert [kind.exit_code for kind in (Refused, BadInput, Outside, PesoError)] == [1, 2, 3, 4]
