"""What is inherited is taken out of records and put back, to the byte."""

from __future__ import annotations

import msgspec
import pytest

from peso.products.recipes.inherited import Sharing, bare, put_back

RUN = [{"line": 1, "name": "a"}, {"line": 2, "name": "b\0"}]
OWN = {"line": 9, "name": "c"}


def test_what_is_put_back_is_the_same_bytes() -> None:
    said = {"name": "x\0", "variants": RUN, "dependencies": [*RUN, OWN], "conflicts": [OWN]}
    inherited = {"dependencies": RUN, "variants": RUN, "conflicts": RUN}

    data, digests, new = Sharing().taken_out(said, inherited)

    assert len(data) < len(msgspec.json.encode(said))
    assert len(digests.split()) == 2
    assert put_back(data, digests.split(), dict(new).__getitem__) == msgspec.json.encode(said)
    assert msgspec.json.decode(bare(data))["name"] == "x\0"


def test_what_was_handed_out_is_not_handed_out_again() -> None:
    sharing = Sharing()
    first = sharing.taken_out({"variants": RUN}, {"variants": RUN})
    again = sharing.taken_out({"variants": [*RUN, OWN]}, {"variants": RUN})

    assert (len(first[2]), again[2]) == (1, ())
    assert first[1] == again[1]


@pytest.mark.parametrize(
    "several", [RUN[:1], [RUN[1], RUN[0]], [OWN, *RUN], [dict(RUN[0]), RUN[1]]]
)
def test_what_does_not_begin_with_it_stays(several: list[dict[str, object]]) -> None:
    data, digests, new = Sharing().taken_out({"variants": several}, {"variants": RUN})

    assert (digests, new) == ("", ())
    assert data == msgspec.json.encode({"variants": several})


def test_another_number_of_places_is_an_error() -> None:
    with pytest.raises(ValueError, match="zip"):
        put_back(b"[\0]", ["a", "b"], lambda _: b"")
