"""Releases and all that is known of them, from publications that were proven and from ledgers."""

from __future__ import annotations

from django.db import models

from peso.portal.store.models.product import Product


class Release(models.Model):
    """One version of a stack, in a channel."""

    channel = models.CharField(max_length=100)
    stack = models.CharField(max_length=200)
    version = models.CharField(max_length=100)
    title = models.CharField(max_length=300)
    created = models.DateTimeField(db_index=True)
    manifest = models.CharField(max_length=64, unique=True)
    """sha256 of the signed manifest, or of the ledger's record of it."""
    published = models.BooleanField(default=False)
    """Whether it comes from a publication whose chain was proven; else from a ledger."""
    development = models.BooleanField(default=False)
    verdict = models.CharField(max_length=10)
    """Of the gate: pass, fail, unknown."""
    reason = models.TextField(blank=True)
    publication = models.CharField(max_length=500, blank=True)
    """Where it is published, as readers may reach it."""
    files = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    data = models.JSONField(default=dict)

    class Meta:
        """The newest first."""

        db_table = "peso_release"
        ordering = ("-created", "stack", "version")
        constraints = (
            models.UniqueConstraint(fields=("channel", "stack", "version"), name="one_release"),
        )

    def __str__(self) -> str:
        """Name it."""
        return f"{self.stack} {self.version}"


class ReleaseProduct(models.Model):
    """A product in a release."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="products")
    product = models.ForeignKey(Product, models.CASCADE, related_name="releases")
    name = models.CharField(max_length=200)
    part = models.CharField(max_length=100)
    version = models.CharField(max_length=100, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        """In order of names."""

        db_table = "peso_release_product"
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(fields=("release", "part", "name"), name="one_product"),
        )

    def __str__(self) -> str:
        """Name it."""
        return f"{self.name} {self.version}"


class ReleaseUnit(models.Model):
    """A unit of a release: what became of it, and where a person would start to read."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="units")
    part = models.CharField(max_length=100)
    name = models.CharField(max_length=200, db_index=True)
    version = models.CharField(max_length=100)
    hash = models.CharField(max_length=64)
    """Spack's hash; of a Python unit its file's sha256."""
    root = models.BooleanField(default=False)
    outcome = models.CharField(max_length=20)
    because = models.TextField(blank=True)
    seconds = models.FloatField(null=True)
    license = models.CharField(max_length=300, blank=True)
    spec = models.TextField(blank=True)
    """Variants, compilers and target, in Spack's own words."""
    log = models.CharField(max_length=64, blank=True)
    """sha256 of its log."""
    error_line = models.PositiveIntegerField(default=0)
    error_kind = models.CharField(max_length=30, blank=True)
    error_text = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        """In order of names."""

        db_table = "peso_release_unit"
        ordering = ("name", "version", "hash")
        indexes = (models.Index(fields=("log",), name="unit_log", condition=~models.Q(log="")),)
        constraints = (
            models.UniqueConstraint(fields=("release", "part", "hash"), name="one_unit"),
        )

    def __str__(self) -> str:
        """Name it."""
        return f"{self.name}@{self.version}/{self.hash[:7]}"


class ReleaseFile(models.Model):
    """A file of a release, as its manifest names it."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="named")
    path = models.CharField(max_length=1000)
    role = models.CharField(max_length=20)
    media_type = models.CharField(max_length=100)
    length = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        """In order of paths."""

        db_table = "peso_release_file"
        ordering = ("path",)

    def __str__(self) -> str:
        """Name it."""
        return self.path


class ReleaseFinding(models.Model):
    """What a scan or the gate says of a release."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="findings")
    product = models.ForeignKey(Product, models.SET_NULL, null=True, related_name="findings")
    source = models.CharField(max_length=20)
    """`scan` or `gate`."""
    rule = models.CharField(max_length=200)
    level = models.CharField(max_length=10, db_index=True)
    subject = models.CharField(max_length=500)
    message = models.TextField()
    hint = models.TextField(blank=True)
    aliases = models.JSONField(default=list)
    confidence = models.CharField(max_length=20, blank=True)
    """How sure it is that the advisory speaks of the subject; empty in scans of an older PESO."""
    exploited = models.CharField(max_length=20, blank=True)
    """`known`, `not known`, `not looked up`; empty in scans of an older PESO."""
    fixed = models.JSONField(default=list)
    """Versions with a fix."""
    published = models.DateTimeField(null=True)
    """When the first advisory was published; None: no record says."""
    rank = models.PositiveSmallIntegerField(default=0)
    """Exploited ones first, then the graver ones."""

    class Meta:
        """The gravest first."""

        db_table = "peso_release_finding"
        ordering = ("rank", "rule", "subject")

    def __str__(self) -> str:
        """Name it."""
        return f"{self.rule} {self.subject}"


class Coverage(models.Model):
    """Which sources of advisories know a component; none: not covered, never clean."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="coverage")
    product = models.ForeignKey(Product, models.SET_NULL, null=True, related_name="coverage")
    subject = models.CharField(max_length=500)
    name = models.CharField(max_length=300, blank=True)
    """Its name and version, for people."""
    sources = models.JSONField(default=list)
    known = models.JSONField(default=list)
    """The same sources: `{source, as_of, spaces, records}`; empty in scans of an older PESO."""
    reason = models.TextField(blank=True)
    """Why no source knows it."""

    class Meta:
        """In order of subjects."""

        db_table = "peso_coverage"
        ordering = ("subject",)

    def __str__(self) -> str:
        """Name it."""
        return self.subject


class Evidence(models.Model):
    """A record that a step left, by digest."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="evidence")
    kind = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    made = models.DateTimeField()

    class Meta:
        """In order of time."""

        db_table = "peso_evidence"
        ordering = ("made", "kind")

    def __str__(self) -> str:
        """Name it."""
        return self.kind
