"""The entry point: runs the command, and turns every error into words and an exit code.

1. `--version` alone is answered before anything is imported.
2. A `PesoError` is shown as what happened, where and what to do next; with `--json` as a document.
3. Anything else is a fault of PESO: exit 4, and no stack trace unless `--debug`.
"""

from __future__ import annotations

import gc
import sys


def main() -> None:
    """Run the `peso` command."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        import peso  # noqa: PLC0415 - nothing more than this is needed

        sys.stdout.write(f"peso {peso.__version__}\n")
        return
    # A quick command makes some 100,000 objects and ends: by Python's own measure it would look for
    # circles of garbage a hundred times, a tenth of its time.
    gc.set_threshold(50_000)
    from peso.cli.app import run  # noqa: PLC0415 - after the quick answer

    sys.exit(run(arguments))
