"""Where what the store holds came from, what became of it, and which state the store is in."""

from __future__ import annotations

from django.db import models


class Source(models.Model):
    """One thing that was taken in, or refused with its reason."""

    class Kind(models.TextChoices):
        """What kind of thing it is."""

        PRODUCTS = "products"
        CONSORTIUM = "consortium"
        RECIPES = "recipes"
        STACK = "stack"
        LEDGER = "ledger"
        PUBLICATION = "publication"
        RECORD = "record"
        UPSTREAM = "upstream"
        WORKSPACE = "workspace"

    class State(models.TextChoices):
        """What became of it."""

        TAKEN = "taken"
        REFUSED = "refused"

    kind = models.CharField(max_length=20, choices=Kind)
    place = models.CharField(max_length=1000)
    """The path below the folder it was taken from, never one of this machine."""
    digest = models.CharField(max_length=64)
    """sha256; what was taken in with this digest is not read again."""
    state = models.CharField(max_length=10, choices=State)
    reason = models.TextField(blank=True)
    """Why it was refused."""
    seen = models.DateTimeField()

    class Meta:
        """Found by what it is and where it lay."""

        db_table = "peso_source"
        constraints = (models.UniqueConstraint(fields=("kind", "place"), name="one_source"),)
        indexes = (models.Index(fields=("state", "kind"), name="source_state"),)

    def __str__(self) -> str:
        """Name it."""
        return f"{self.kind} {self.place}"


class Workspace(models.Model):
    """An organization's folder that was taken in; several live side by side."""

    name = models.CharField(max_length=200, unique=True)
    """As its `peso.yaml` says."""
    recipes = models.JSONField(default=list)
    """The names of the recipes it has, whoever's are shown."""

    class Meta:
        """In order of names."""

        db_table = "peso_workspace"
        ordering = ("name",)

    def __str__(self) -> str:
        """Name it."""
        return self.name


class Upstream(models.Model):
    """What the authors of something released last, as somebody who looked it up says."""

    place = models.CharField(max_length=1000)
    """The file that says it."""
    name = models.CharField(max_length=200, db_index=True)
    """A package's name in Spack or on PyPI, or a product's."""
    version = models.CharField(max_length=100)
    as_of = models.DateField()
    by = models.CharField(max_length=300)
    """Who looked it up, or where."""

    class Meta:
        """Once in a file."""

        db_table = "peso_upstream"
        ordering = ("-as_of", "place", "name")
        constraints = (models.UniqueConstraint(fields=("place", "name"), name="one_upstream"),)

    def __str__(self) -> str:
        """Name it."""
        return f"{self.name} {self.version}"


class Generation(models.Model):
    """The state the store is in; one row. `store/generation.py` says what for."""

    mark = models.CharField(max_length=32)
    at = models.DateTimeField()
    """When it changed."""

    class Meta:
        """One row."""

        db_table = "peso_generation"

    def __str__(self) -> str:
        """Say it."""
        return self.mark


class WorkspaceFile(models.Model):
    """The text of a file that people may propose changes of, as it was taken in. Never shown."""

    workspace = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    what = models.CharField(max_length=20)
    slug = models.CharField(max_length=120)
    scope = models.CharField(max_length=120, default="")
    """The slug of the thing whose people have a say over it."""
    digest = models.CharField(max_length=64)
    """sha256 of the text."""
    text = models.TextField()

    class Meta:
        """In order of workspaces: the first is the one whose file is edited."""

        db_table = "peso_file"
        ordering = ("workspace", "path")
        constraints = (models.UniqueConstraint(fields=("workspace", "path"), name="one_file"),)
        indexes = (
            models.Index(fields=("what", "slug"), name="file_what"),
            models.Index(fields=("what", "scope"), name="file_scope"),
        )

    def __str__(self) -> str:
        """Name it."""
        return f"{self.workspace} {self.path}"
