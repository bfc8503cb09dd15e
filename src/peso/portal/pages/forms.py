"""Forms of the portal: what is common to them, for everybody to use.

Each field has a label, its hint and its error by `aria-describedby` (Django's own), and the purpose
of what is asked for by `autocomplete` (WCAG 1.3.5). A form with faults says them in a list at its
head, each a link to its field; `parts/form.html` shows one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from peso.errors import BadInput
from peso.portal import scoping
from peso.portal.people.models import Account
from peso.portal.people.roles import SCOPES, Held, Kind, Role

_LONGEST_NAME: Final = 120


class NameForm(forms.Form):
    """How somebody wants to be shown."""

    name = forms.CharField(
        label="Name",
        max_length=_LONGEST_NAME,
        help_text="How you are shown to others. It may be a pseudonym.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class AcceptForm(NameForm):
    """An account, by an invitation."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="You sign in with it. It is never public.",
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label="Password",
        max_length=500,
        strip=False,
        help_text=" ".join(password_validators_help_texts()),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    field_order = ("name", "email", "password")

    def __init__(self, *args: Any, bound: str = "", **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        if bound:
            self.fields["email"].initial = bound
            self.fields["email"].disabled = True

    def clean(self) -> dict[str, Any]:
        """Look at the password beside the name and the address."""
        said = super().clean() or {}
        password = said.get("password")
        if password:
            somebody = Account(email=said.get("email", ""), name=said.get("name", ""))
            try:
                validate_password(password, somebody)
            except forms.ValidationError as no:
                self.add_error("password", no)
        return said


class OfferingInput(forms.TextInput):
    """A line with what there is to choose from; anything else can be written too."""

    def __init__(self, offers: Callable[[], Iterable[tuple[str, str]]]) -> None:
        super().__init__(attrs={"autocomplete": "off"})
        self._offers = offers

    def render(
        self,
        name: str,
        value: Any,  # noqa: ANN401 - Django's
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ANN401 - Django's
    ) -> SafeString:
        """Return the line, and the list that it names."""
        which = f"{(attrs or {}).get('id', name)}_offers"
        line = super().render(name, value, {**(attrs or {}), "list": which}, renderer)
        rows = format_html_join("", '<option value="{}">{}</option>', self._offers())
        return format_html('{}<datalist id="{}">{}</datalist>', line, which, rows)


class RoleForm(forms.Form):
    """A role, and what it is for."""

    role = forms.ChoiceField(
        label="Role",
        choices=[(one.value, _) for one, _ in ((one, one.value) for one in SCOPES)],
    )
    scope = forms.CharField(
        label="For",
        max_length=_LONGEST_NAME,
        required=False,
        help_text="The slug of the product, organization or working group; nothing for a role"
        " of the whole portal.",
        widget=OfferingInput(scoping.offers),
    )

    def clean(self) -> dict[str, Any]:
        """A role is for a thing of its kind, or for the portal."""
        said = super().clean() or {}
        if "role" in said and "scope" in said:
            role = Role(said["role"])
            kind = SCOPES[role]
            if kind is not Kind.PORTAL and not said["scope"]:
                self.add_error("scope", f"Give the slug of the {kind.value} that the role is for.")
            elif kind is Kind.PORTAL and said["scope"]:
                self.add_error("scope", "This role is for the whole portal: leave the slug out.")
            else:
                self._look_up(role, said)
        return said

    def _look_up(self, role: Role, said: dict[str, Any]) -> None:
        try:
            said["scope"] = scoping.looked_up(role, said["scope"])
        except BadInput as no:
            self.add_error("scope", f"{no.message[0].upper()}{no.message[1:]}: {no.hint}.")

    @property
    def held(self) -> Held:
        """Return the role that was chosen."""
        return Held(role=Role(self.cleaned_data["role"]), scope=self.cleaned_data["scope"])


class InviteForm(RoleForm):
    """Whom to invite, to which role."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="The invitation works for this address only.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label="Role",
        required=False,
        choices=[("", "none: a user"), *((one.value, one.value) for one in SCOPES)],
    )
    field_order = ("email", "role", "scope")

    def clean(self) -> dict[str, Any]:
        """A user needs no role."""
        if not self.cleaned_data.get("role"):
            if self.cleaned_data.get("scope"):
                self.add_error("role", "Choose the role that this slug is for.")
            return self.cleaned_data
        return super().clean()


class SureForm(forms.Form):
    """What cannot be undone is said twice."""

    sure = forms.BooleanField(label="I know that this cannot be undone")


class ChangesForm(forms.Form):
    """Filters of the audit."""

    who = forms.CharField(
        label="By or about (name or address)", max_length=_LONGEST_NAME, required=False
    )
    what = forms.CharField(label="What was done", max_length=60, required=False)
    thing = forms.CharField(label="Slug of the thing", max_length=_LONGEST_NAME, required=False)
    since = forms.DateField(
        label="Since", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
