"""A proposal: a change of one file of the ecosystem's repository, for a person to review."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from peso.portal.people.models.account import Account
from peso.portal.people.roles import Kind, Thing


class Proposal(models.Model):
    """Who proposes what of which file, and what became of it. It refers to no row of the store."""

    class State(models.TextChoices):
        """What became of it."""

        PROPOSED = "proposed"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"
        OUTDATED = "outdated"
        """The file changed meanwhile."""
        IN_EFFECT = "in effect"
        """The ecosystem's files say it now."""

    what = models.CharField(max_length=20)
    """A kind of file (`people.editable`)."""
    slug = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Kind])
    scope = models.CharField(max_length=120)
    """With `kind`: the thing whose people decide."""
    workspace = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    """The file, in its workspace."""
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)
    """sha256 of the file, as it was (empty: it is a new one) and as it would be."""
    was = models.JSONField(default=dict)
    wanted = models.JSONField(default=dict)
    """The values of the keys that change; a key that is not there is not in it."""
    patch = models.TextField()
    why = models.TextField()
    by = models.ForeignKey(Account, models.PROTECT, related_name="proposals")
    made = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=20, choices=State, default=State.PROPOSED)
    decided = models.DateTimeField(null=True, blank=True)
    decider = models.ForeignKey(Account, models.PROTECT, null=True, related_name="decisions")
    reason = models.TextField(blank=True)

    class Meta:
        """The newest first."""

        db_table = "peso_proposal"
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("kind", "scope"), name="proposal_thing"),
            models.Index(fields=("workspace", "path"), name="proposal_file"),
        )

    def __str__(self) -> str:
        """Name it."""
        return f"{self.pk}: {self.path}"

    @property
    def thing(self) -> Thing:
        """Return the thing whose people decide."""
        return Thing(kind=Kind(self.kind), slug=self.scope)

    @property
    def adds(self) -> bool:
        """Whether it is a file that was not there."""
        return not self.before

    @property
    def keys(self) -> list[str]:
        """Return the keys that change."""
        return list(dict.fromkeys((*self.was, *self.wanted)))
