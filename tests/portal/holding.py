"""What a portal's database holds, as plain text, whatever number each row has.

`python -m tests.portal.holding` prints it for the portal that the environment names, in a process
of its own, since Django's settings are one for a process. When something was taken in is left out.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from peso.portal.config import config_of
from peso.portal.django import begin

LEFT_OUT = {"id", "seen"}
NOT_HELD = {"peso_generation"}


def held() -> dict[str, list[str]]:
    """Return the rows of every table, in order, each with what its references stand for."""
    from django.apps import apps  # noqa: PLC0415 - after `begin`

    names: dict[Any, dict[int, str]] = {}
    found: dict[str, list[str]] = {}
    waiting = [*apps.get_app_config("store").get_models(include_auto_created=True)]
    while waiting:
        model = waiting.pop(0)
        fields = model._meta.concrete_fields
        to = {one.remote_field.model for one in fields if one.remote_field}
        if not to <= names.keys():
            waiting.append(model)  # after what it refers to
            continue
        names[model] = {
            row["id"]: json.dumps(
                {
                    one.name: names[one.remote_field.model].get(row[one.attname], "none")
                    if one.remote_field
                    else row[one.attname]
                    for one in fields
                    if one.name not in LEFT_OUT
                },
                sort_keys=True,
                default=str,
            )
            for row in model._default_manager.values()
        }
        found[model._meta.db_table] = sorted(names[model].values())
    return {table: rows for table, rows in found.items() if table not in NOT_HELD}


if __name__ == "__main__":
    begin(config_of(os.environ))
    json.dump(held(), sys.stdout)
