"""Build caches of Spack, whoever made them."""

from __future__ import annotations

import shutil
from pathlib import Path

from peso.base.net import Net
from peso.services.delivery.audit import audit as auditing
from peso.services.delivery.audit.report import CacheAudited
from peso.services.delivery.audit.signed import Verifier
from peso.workspace import Where, this_machine


def audit_cache(
    where: Where,
    *,
    keyring: Where | None = None,
    archives: bool = True,
    unsafe_unproven: bool = False,
) -> CacheAudited:
    """Say what can be proven about a build cache of Spack, and what cannot.

    The report is never a yes to "can it be trusted": Spack's signatures bind an archive to no name,
    hash or time, and its index is unsigned. `ok` is a yes only with `unsafe_unproven`.

    Args:
        where: The cache's folder, or its http(s) URL; layout 3, of Spack 1.0 and newer.
        keyring: Public keys whose signatures count; then every unit must be signed by one of them.
        archives: Whether the bytes of archives are looked at, too.
        unsafe_unproven: Take what cannot be proven for good enough: `ok` where nothing is wrong.

    Raises:
        BadInput: There is no such cache, or only one of layout 2, or no key in the keyring.
        Outside: The network, the disk or gpg failed.
    """
    environment = this_machine().for_tools()
    gpg = shutil.which("gpg", path=environment.get("PATH", ""))
    verifier = Verifier(
        gpg=Path(gpg) if gpg else None,
        environment=environment,
        keyring=Path(keyring) if keyring is not None else None,
    )
    with Net() as net:
        return auditing.audit(
            where, verifier=verifier, archives=archives, unsafe_unproven=unsafe_unproven, net=net
        )
