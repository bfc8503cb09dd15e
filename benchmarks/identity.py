"""What the table of identities costs a scan: read, and the keys of every unit of a lock.

    python benchmarks/identity.py LOCK...

Each time a fresh process, imports timed apart. Reading the table and asking for the keys of all
units of E4S's lock at most 0.1 s of the processor, of the 0.5 s that a scan of it may take. Prints
medians; exits with 1 over budget.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys

BUDGET, TIMES = 0.1, 9
TIMED = """
import gzip, json, resource, sys, time
from pathlib import Path
data = Path(sys.argv[1]).read_bytes()
text = gzip.decompress(data) if sys.argv[1].endswith(".gz") else data
names = [one["name"] for one in json.loads(text)["concrete_specs"].values()]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
from peso.services.assurance.identity.entry import Entry
from peso.services.assurance.identity.table import load_identity
imported = time.process_time()
identity = load_identity()
read = time.process_time()
found = [one for name in names if isinstance(one := identity.of(name), Entry)]
keys = sum(len(one.keys) for one in found)
asked = time.process_time()
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"imports": imported - start, "read": read - imported, "keys": asked - read,
                  "MiB": (after - before) / 1024, "units": len(names), "of them keyed": keys}))
"""


def main() -> None:
    over = False
    for lock in sys.argv[1:]:
        runs = [
            json.loads(subprocess.check_output([sys.executable, "-c", TIMED, lock]))
            for _ in range(TIMES)
        ]
        medians = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
        print(lock, " ".join(f"{key} {value:.4g}" for key, value in medians.items()))
        over |= medians["read"] + medians["keys"] > BUDGET
    sys.exit(over)


if __name__ == "__main__":
    main()
