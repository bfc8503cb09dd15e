"""Recipes as they were read, and what stands on what."""

from __future__ import annotations

from django.db import models


class Recipe(models.Model):
    """A recipe, read without running it."""

    name = models.CharField(max_length=200, unique=True)
    namespace = models.CharField(max_length=100)
    version = models.CharField(max_length=100, blank=True)
    """The version Spack would prefer."""
    description = models.TextField(blank=True)
    homepage = models.URLField(max_length=1000, blank=True)
    license = models.CharField(max_length=300, blank=True)
    readable = models.BooleanField(default=True)
    reason = models.TextField(blank=True)
    """Why it could not be read."""
    versions = models.PositiveIntegerField(default=0)
    variants = models.PositiveIntegerField(default=0)
    dependents = models.PositiveIntegerField(default=0)
    """How many recipes name it."""
    maintained = models.BooleanField(default=False)
    tested = models.BooleanField(default=False)
    tags = models.JSONField(default=list)
    words = models.TextField(blank=True)
    """What a search looks at, in lower case."""
    workspace = models.CharField(max_length=200, blank=True)
    """Whose recipe this is, where several workspaces have one of this name."""
    digest = models.CharField(max_length=64)
    """Of what is kept here: another one is written again."""
    data = models.JSONField(default=dict)
    """The record, without what has its default."""

    class Meta:
        """In order of names."""

        db_table = "peso_recipe"
        ordering = ("name",)

    def __str__(self) -> str:
        """Name it."""
        return self.name


class RecipeVersion(models.Model):
    """A version that a recipe declares."""

    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="declared")
    number = models.CharField(max_length=200)
    order = models.PositiveIntegerField()
    """From the newest on."""
    preferred = models.BooleanField(default=False)
    deprecated = models.BooleanField(default=False)
    proven = models.BooleanField(default=False)
    """Whether a checksum or a commit says what it is."""

    class Meta:
        """The newest first."""

        db_table = "peso_recipe_version"
        ordering = ("recipe", "order")

    def __str__(self) -> str:
        """Name it."""
        return self.number


class RecipeDependency(models.Model):
    """That one recipe may need another package, under its conditions taken together."""

    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="needs")
    name = models.CharField(max_length=200)
    """The package or the virtual package it names."""
    types = models.CharField(max_length=40)
    """`build`, `link`, `run`, `test`, with commas."""
    always = models.BooleanField(default=False)
    """Whether one of its conditions is empty."""
    when = models.TextField(blank=True)
    """The conditions, one on a line."""

    class Meta:
        """Found from both ends."""

        db_table = "peso_recipe_dependency"
        constraints = (models.UniqueConstraint(fields=("recipe", "name"), name="one_need"),)
        indexes = (models.Index(fields=("name",), name="need_name"),)

    def __str__(self) -> str:
        """Name both."""
        return f"{self.recipe_id} {self.name}"


class RecipeProvided(models.Model):
    """That a recipe may stand for a virtual package, under its conditions taken together."""

    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="provided")
    name = models.CharField(max_length=200)
    """The virtual package."""
    specs = models.TextField(blank=True)
    """Which of its versions, as written: `mpi@:3`, one on a line."""
    always = models.BooleanField(default=False)
    """Whether one of its conditions is empty."""
    when = models.TextField(blank=True)
    """The conditions, one on a line."""

    class Meta:
        """Found from both ends."""

        db_table = "peso_recipe_provided"
        constraints = (models.UniqueConstraint(fields=("recipe", "name"), name="one_provided"),)
        indexes = (models.Index(fields=("name",), name="provided_name"),)

    def __str__(self) -> str:
        """Name both."""
        return f"{self.recipe_id} {self.name}"
