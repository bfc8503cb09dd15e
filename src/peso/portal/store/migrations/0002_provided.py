"""Which recipe may stand for which virtual package; recipes are read again once to fill it."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def forget_digests(apps: Any, editor: Any) -> None:
    """Let the next ingest write every recipe again, for it has more to keep now."""
    # Of the database that is migrated: a move migrates another one than the portal's own.
    recipes = apps.get_model("store", "Recipe").objects
    recipes.using(editor.connection.alias).update(digest="")


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RecipeProvided",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("specs", models.TextField(blank=True)),
                ("always", models.BooleanField(default=False)),
                ("when", models.TextField(blank=True)),
                (
                    "recipe",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provided",
                        to="store.recipe",
                    ),
                ),
            ],
            options={
                "db_table": "peso_recipe_provided",
                "indexes": [models.Index(fields=["name"], name="provided_name")],
                "constraints": [
                    models.UniqueConstraint(fields=("recipe", "name"), name="one_provided")
                ],
            },
        ),
        migrations.RunPython(forget_digests, migrations.RunPython.noop),
    ]
