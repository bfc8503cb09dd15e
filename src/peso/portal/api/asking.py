"""What every question to the API may say, and the ways it is answered."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Query

from peso.portal.api import shapes

Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="How many are left out first.")]
Text = Annotated[str, Query(max_length=200)]


def answers(shape: Any) -> dict[int, Any]:  # noqa: ANN401 - a type
    """Return every answer a call may give: what was asked for, and the two ways to say no."""
    return {200: shape, 404: shapes.Missing, 422: shapes.NotUnderstood}
