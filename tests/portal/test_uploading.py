"""How much of a file is kept: its beginning, in memory, with the length of the whole."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.test import RequestFactory

from peso.portal.uploading import BODY, FILE, Bounded


def _sent(length: int) -> tuple[int, int]:
    """Return how long a file says it is, and how much of it was kept."""
    file = BytesIO(b"x" * length)
    file.name = "a.csv"
    one = RequestFactory().post("/", {"file": file}).FILES["file"]
    assert isinstance(one, UploadedFile)
    return one.size or 0, len(one.read())


@pytest.mark.parametrize("length", [1, FILE - 1, FILE, FILE + 1, FILE + 100_000])
def test_a_file_is_kept_up_to_its_limit_and_says_how_long_it_was(length: int) -> None:
    assert _sent(length) == (length, min(length, FILE))


def test_a_body_that_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(RequestDataTooBig):
        Bounded().handle_raw_input(None, {}, BODY + 1, b"x")
    Bounded().handle_raw_input(None, {}, BODY, b"x")
