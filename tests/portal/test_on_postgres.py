"""The portal's tests once more, on a PostgreSQL of our own, in a process of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.portal.cluster import Cluster, why_not

_HERE = Path(__file__).parent


@pytest.mark.postgres
@pytest.mark.timeout(1800)
def test_all_of_them_pass_on_postgresql(tmp_path: Path) -> None:
    if reason := why_not():
        pytest.skip(reason)
    argv = (
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider"),
        *("-m", "not postgres and not browser", "--basetemp", str(tmp_path / "base")),
        *("--ignore", str(_HERE / "look"), "--ignore", str(_HERE / "test_reliable.py"), str(_HERE)),
    )
    kept = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    with Cluster() as cluster:
        done = subprocess.run(
            argv,
            cwd=_HERE.parents[1],
            env={**kept, "PESO_TEST_DATABASE": cluster.new("tests")},
            capture_output=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout.decode()[-6000:]
