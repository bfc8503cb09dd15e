"""Uploading: how much of a file that somebody sends is kept, at every address.

1. A file is kept in memory, up to `FILE` bytes; what comes after is read and dropped, and the file
   says how long it was, so that the form can say so at its field.
2. A body longer than `BODY` is not read at all.
3. Nothing is written to the disk: what is sent to an address that takes no file is gone with it.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

FILE: Final = 4 << 20
BODY: Final = 64 << 20


class Bounded(FileUploadHandler):
    """Keeps the beginning of a file."""

    _kept: BytesIO

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ANN401, ARG002 - Django's
        META: Any,  # noqa: ANN401, ARG002, N803 - Django's
        content_length: int,
        boundary: Any,  # noqa: ANN401, ARG002 - Django's
        encoding: Any = None,  # noqa: ANN401, ARG002 - Django's
    ) -> None:
        """Refuse a body that is too long before any of it is read."""
        if content_length > BODY:
            raise RequestDataTooBig(f"a body of {content_length} bytes; at most {BODY} are read")

    def new_file(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        """Begin with nothing."""
        super().new_file(*args, **kwargs)
        self._kept = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's
        """Keep it, as far as there is room."""
        self._kept.write(raw_data[: max(FILE - self._kept.tell(), 0)])

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        """Return what was kept; its size is that of the whole."""
        self._kept.seek(0)
        return InMemoryUploadedFile(
            file=self._kept,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type or "",
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )
