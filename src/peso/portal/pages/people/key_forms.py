"""Forms of tokens and runners."""

from __future__ import annotations

from typing import Final

from django import forms

from peso.portal.people.tokens import LONGEST, SCOPES

_LONGEST_NAME: Final = 120


class TokenForm(forms.Form):
    """What a token is for, and until when."""

    name = forms.CharField(
        label="Name",
        max_length=_LONGEST_NAME,
        help_text="What you know it by, for example the program that uses it.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label="What it may do",
        choices=[(name, f"{name}: {does}") for name, does in SCOPES.items()],
        help_text="Never more than you may yourself when it is used.",
        widget=forms.SelectMultiple,
    )
    days = forms.IntegerField(
        label="Days that it works",
        min_value=1,
        max_value=LONGEST.days,
        initial=90,
        help_text=f"{LONGEST.days} at most.",
    )


class RunnerForm(forms.Form):
    """A machine whose pushes are taken."""

    name = forms.CharField(
        label="Name",
        max_length=_LONGEST_NAME,
        help_text="What you know the machine by.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    platform = forms.CharField(
        label="Platform",
        max_length=200,
        help_text="As its runs of tests name it. The key is for this platform only.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    public = forms.CharField(
        label="Public key",
        max_length=4096,
        help_text="Ed25519, PEM. The private key stays with the runner.",
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )
    until = forms.DateField(
        label="Good until",
        help_text="A day within two years.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
