"""The only place that turns Python's search for circles of garbage off, and on again.

Work that makes a great many small things and no circles among them spends a tenth to a third of
its time on looking for some. It is for such work only: what is in a circle stays until the search
is on.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Spare the search for circles in the block, and in processes that are forked in it.

    As it was before, so it is after; of several threads in such blocks the first that ends turns it
    on again, which the others see by their time only.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
