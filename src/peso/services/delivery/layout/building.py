"""Building: how a native part is built from its lock, where a release holds no binaries of it.

`install` says it where it leaves a part out, and the page where people read on. PESO does not run
it: whoever builds decides with which Spack, and its recipes must be those the lock was made with.
"""

from __future__ import annotations

import shlex

BUILT = "built"
"""The folder of the environment that is made."""


def build_command(lock: str) -> str:
    """Return the command that builds everything in a lock, in a new environment without a view.

    Spack knows a lock by the end of its name, so `lock` must end in `.lock`.
    """
    created = shlex.join(["spack", "env", "create", "--without-view", "-d", BUILT, lock])
    install = shlex.join(["spack", "-e", f"./{BUILT}", "install", "--only-concrete"])
    return f"{created} && {install}"
