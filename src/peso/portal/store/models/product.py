"""Products, who stewards them, and what they are about: from the ecosystem's own catalog."""

from __future__ import annotations

from django.db import models


class Member(models.Model):
    """A member of the consortium."""

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    title = models.CharField(max_length=300, blank=True)
    """Its name in full."""
    url = models.URLField(max_length=500, blank=True)
    level = models.CharField(max_length=40, blank=True)
    focus = models.TextField(blank=True)

    class Meta:
        """In order of names."""

        db_table = "peso_member"
        ordering = ("name",)

    def __str__(self) -> str:
        """Name it."""
        return self.name


class Area(models.Model):
    """A topic of products."""

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True)

    class Meta:
        """In order of names."""

        db_table = "peso_area"
        ordering = ("name",)

    def __str__(self) -> str:
        """Name it."""
        return self.name


class Product(models.Model):
    """A product that a member stewards, or that a release delivers."""

    slug = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200)
    sorted_as = models.CharField(max_length=200, db_index=True)
    """The name in lower case."""
    description = models.TextField(blank=True)
    license = models.CharField(max_length=300, blank=True)
    """An SPDX expression; empty: not known, and `data` says why."""
    language = models.CharField(max_length=60, blank=True)
    curated = models.BooleanField(default=False)
    """Whether the ecosystem's catalog lists it; else a release only."""
    listed = models.JSONField(default=list)
    """The workspaces that list it; what the first of them says is shown."""
    spack = models.JSONField(default=list)
    """Its packages in Spack."""
    pypi = models.CharField(max_length=200, blank=True)
    gpu = models.BooleanField(default=False)
    """Whether one of its recipes has a variant for CUDA, ROCm or SYCL."""
    tested = models.BooleanField(default=False)
    """Whether one of its recipes has a stand-alone test, or a release tests it."""
    members = models.ManyToManyField(Member, related_name="products", db_table="peso_stewards")
    areas = models.ManyToManyField(Area, related_name="products", db_table="peso_product_area")
    words = models.TextField(blank=True)
    """What a search looks at, in lower case."""
    data = models.JSONField(default=dict)
    """The record as its file says (`peso.product/1`)."""

    class Meta:
        """In order of names."""

        db_table = "peso_product"
        ordering = ("sorted_as",)

    def __str__(self) -> str:
        """Name it."""
        return self.name


class ProductRecipe(models.Model):
    """A recipe of a product."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="recipes")
    recipe = models.CharField(max_length=200, db_index=True)
    """The package's name; there may be no recipe of that name."""

    class Meta:
        """Once each."""

        db_table = "peso_product_recipe"
        constraints = (models.UniqueConstraint(fields=("product", "recipe"), name="one_recipe"),)

    def __str__(self) -> str:
        """Name both."""
        return f"{self.product_id} {self.recipe}"


class Listing(models.Model):
    """That a workspace lists a product, and what its file says; several may list one."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="listings")
    workspace = models.CharField(max_length=200)
    data = models.JSONField(default=dict)
    """The record as the file says (`peso.product/1`)."""

    class Meta:
        """In order of workspaces: the first is the one that is shown."""

        db_table = "peso_listing"
        ordering = ("workspace",)
        constraints = (
            models.UniqueConstraint(fields=("product", "workspace"), name="one_listing"),
        )

    def __str__(self) -> str:
        """Name both."""
        return f"{self.workspace} {self.product_id}"
