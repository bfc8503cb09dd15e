"""The signing keys of a workspace."""

from __future__ import annotations

from pathlib import Path

from peso.services.delivery.signing import keys
from peso.workspace import AskPassphrase, Where, open_workspace, this_machine, workspace_in


def init_keys(
    *, folder: Where = ".", ask_passphrase: AskPassphrase | None = None
) -> keys.KeysShown:
    """Make a workspace's signing keys, in the folder its `peso.yaml` names."""
    workspace = open_workspace(Path(folder), this_machine(ask_passphrase))
    place = workspace.key_folder()
    keys.create_keys(
        place,
        passphrase=workspace.passphrase(),
        channels=workspace.settings.channels,
        development=False,
        freshness=workspace.settings.freshness,
        now=workspace.machine.clock(),
    )
    return keys.show(place)


def rotate_key(
    role: str, *, folder: Where = ".", ask_passphrase: AskPassphrase | None = None
) -> keys.KeysShown:
    """Replace the key of a role; the publication follows at the next delivery."""
    workspace = workspace_in(Path(folder), this_machine(ask_passphrase))
    place = workspace.key_folder()
    passphrase = workspace.key_passphrase()
    now, freshness = workspace.machine.clock(), workspace.settings.freshness
    keys.rotate(place, passphrase, role, now=now, freshness=freshness)
    return keys.show(place)


def show_keys(*, folder: Where = ".") -> keys.KeysShown:
    """Return roles, keys, thresholds and expiries; opens no private key."""
    return keys.show(workspace_in(Path(folder), this_machine()).key_folder())
