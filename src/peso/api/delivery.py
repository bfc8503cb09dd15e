"""The steward's side: a stack becomes a release, and why each step ran or was reused."""

from __future__ import annotations

from pathlib import Path

from peso.services import pipeline
from peso.services.pipeline import Delivery, Explanation, Observer, unseen
from peso.workspace import AskPassphrase, Where, open_stack, this_machine


def deliver(  # noqa: PLR0913 - one argument for each option of the command
    stack: Where,
    *,
    to: Where = "public",
    until: str | None = None,
    upgrade: bool = False,
    fail_fast: bool = False,
    observer: Observer = unseen,
    ask_passphrase: AskPassphrase | None = None,
) -> Delivery:
    """Take a stack through the whole life of a release; resumes by itself.

    Args:
        stack: The stack file, or its folder.
        to: The publication; made where it is not there yet.
        until: Stop after this step (`plan`, `build`, `test`, `inventory`, `scan`, `gate`, `attest`,
            `publish`).
        upgrade: Resolve anew without the constraints, and write the new versions to them first.
        fail_fast: Stop building at the first unit that fails; else what does not need it goes on.
        observer: Told of every step and its progress.
        ask_passphrase: Called where keys need a passphrase and `PESO_PASSPHRASE_FILE` is not set.

    Returns:
        The account of the run: for each step whether it ran or was reused, and why.

    Raises:
        BadInput: the stack file is wrong; all faults, with line and column.
        Refused: the gate did not say yes.
        Outside: network, disk, a held lock, a missing tool.
    """
    asked, workspace = open_stack(Path(stack), this_machine(ask_passphrase))
    ports = workspace.ports(asked, Path(to).absolute(), fail_fast=fail_fast)
    if upgrade:
        pipeline.upgrade(workspace.life(asked), ports, observer=observer)
    return pipeline.run(workspace.life(asked), ports, until=until, observer=observer)


def explain_steps(stack: Where, *, to: Where = "public") -> tuple[Explanation, ...]:
    """Say for each step why it ran or was reused the last time, and what would happen now."""
    asked, workspace = open_stack(Path(stack), this_machine())
    ports = workspace.ports(asked, Path(to).absolute(), looks_only=True)
    return pipeline.explain(workspace.life(asked), ports)
