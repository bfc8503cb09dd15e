"""Every address answers, every link leads somewhere, and what is not there is said so."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.portal.addresses import MACHINES, MISSING, kinds, visit, walk
from tests.portal.standing import Portal


def test_every_link_of_every_page_leads_somewhere(portal: Portal) -> None:
    seen = list(walk(portal.client(), [*kinds().values(), *MACHINES]))

    assert len(seen) > 100
    assert [
        (one.path, one.linked_from, one.status)
        for one in seen
        if one.status != 200 and not one.asks_who_you_are
    ] == []
    asked = {one.path.split("/")[1] for one in seen if one.asks_who_you_are}
    assert asked == {"edit"}


@pytest.mark.parametrize("path", MISSING)
def test_what_is_not_there_is_404_with_words(reader: Client, path: str) -> None:
    one = visit(reader, path)

    assert one.status == 404
    assert len(one.body) > 10
