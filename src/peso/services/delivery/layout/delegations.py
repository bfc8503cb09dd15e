"""Delegations: what a channel signs for, and whose signatures on its attestations count.

1. A channel signs for the target paths below its own name.
2. A channel's key that was replaced stays named in the delegation (`x-peso-retired`): it signs no
   metadata any more, but the attestations of releases that were published under it.

Pure over metadata that its caller has proven.
"""

from __future__ import annotations

from securesystemslib.signer import Key
from tuf.api.metadata import DelegatedRole, Targets

RETIRED = "x-peso-retired"


def channel_pattern(channel: str) -> str:
    """Return the target paths a channel signs for."""
    return f"{channel}/*"


def envelope_keys(targets: Targets, channel: str) -> tuple[Key, ...]:
    """Return every key that signs, or signed, a channel's attestations.

    Only for attestations that a manifest under the channel's present key names by digest.
    """
    delegations = targets.delegations
    if delegations is None or channel not in (delegations.roles or {}):
        return ()
    role = targets.get_delegated_role(channel)
    keyids = [*role.keyids, *retired(role)]
    return tuple(delegations.keys[keyid] for keyid in keyids if keyid in delegations.keys)


def retired(role: DelegatedRole | object) -> list[str]:
    """Return the retired key ids a delegation names."""
    said = role.unrecognized_fields.get(RETIRED, []) if isinstance(role, DelegatedRole) else []
    return [one for one in said if isinstance(one, str)] if isinstance(said, list) else []
