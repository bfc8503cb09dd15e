"""The ranking: lanes first, then a weighted sum that explains itself.

1. Lanes: security, then what is needed within 90 days of the date of the ranking (or was needed
   before it), then all else. A need gets into the first two only after somebody acknowledged it.
2. In a lane, by the sum of weight times value over all terms. Where a value is unknown the sum is a
   range, and its middle is what counts; `by_unknowns` are the ranks that the ranges allow.
3. Equal sums are one rank: ties are ties. The rank is one more than how many are before.
4. Sensitivity is that of the rank, everything else being as it is: see `sensitivity.py`.
5. Whole numbers all through. Nothing here looks at a clock.
"""

from __future__ import annotations

from datetime import date

from peso.partnerships.needs.ranked import Ranking, Weights
from peso.partnerships.needs.reach import Reach
from peso.partnerships.needs.register import Register
from peso.partnerships.needs.standing import Column, Standing, entry_of


def rank(register: Register, weights: Weights, reach: Reach, on: date) -> Ranking:
    """Rank the open needs of a register, as of a day."""
    entries = {one.id: entry_of(register, one, reach, on) for one in register.open()}
    return Standing(weights, on, (Column.of(entries, weights.values),)).ranking()
