"""Forms of proposals, made from the tables of what may be edited and added: one for each file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms

from peso.partnerships.consortium.privacy import without_addresses
from peso.portal.people.addable import ADDABLE, said_of
from peso.portal.people.editable import EDITABLE, Form, Key, changes_of, ends_before
from peso.portal.people.proposals import NotProposedError
from peso.portal.visible import hides

_LONGEST: Final = 20_000
_LINE: Final = 500
_WHY: Final = 2_000
_ROWS: Final = {Form.TEXT: 6, Form.LINES: 4, Form.LINKS: 6}


class _FileForm(forms.Form):
    """What a file is to say, and why."""

    why = forms.CharField(
        label="Why",
        max_length=_WHY,
        help_text="For whoever decides; it goes into the patch.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )

    def __init__(self, what: str, keys: tuple[Key, ...], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        self.what = what
        for key in keys:
            self.fields[key.name] = _field(key)
        self.order_fields([*(key.name for key in keys), "why"])

    def clean(self) -> dict[str, Any]:
        """Refuse what cannot be seen, and addresses that would be public, each at its field."""
        values = super().clean() or {}
        for name, value in [*values.items()]:
            if hides(str(value).replace("\r", "")):
                self.add_error(name, "There are letters in it that cannot be seen.")
            elif without_addresses(str(value)) != str(value) and self._is_new(name, str(value)):
                self.add_error(name, "Leave e-mail addresses out: these files are public.")
        return values

    def blame(self, no: NotProposedError) -> None:
        """Say what is wrong with the file, each at its field."""
        for one in no.wrong:
            said = f"{one.message[0].upper()}{one.message[1:]}"
            ended = said if said.endswith("?") else f"{said}."
            self.add_error(one.key if one.key in self.fields else None, ended)

    def _is_new(self, name: str, value: str) -> bool:
        before = self.initial.get(name, "")
        return value.replace("\r\n", "\n").strip() != str(before).strip()


class EditForm(_FileForm):
    """What a file that is there is to say."""

    def __init__(self, what: str, said: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(what, EDITABLE[what].keys, *args, **kwargs)
        self.said = said
        self.changes: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        """Work out what changes; what cannot be read is said at its field."""
        values = super().clean()
        if self.errors:
            return values
        try:
            self.changes = changes_of(self.what, self.said, values)
        except ValueError as no:
            key, message = no.args
            self.add_error(key, f"{message}.")
            return values
        if not self.changes:
            self.add_error(None, "Nothing is changed yet.")
        elif ends_before({**self.said, **self.changes}):
            self.add_error("until", "It ends before it begins.")
        return values


class AddForm(_FileForm):
    """What a file that is not there yet is to say."""

    def __init__(self, what: str, organization: str, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(what, ADDABLE[what].keys, *args, **kwargs)
        self.organization = organization
        self.said: dict[str, Any] = {}

    def clean(self) -> dict[str, Any]:
        """Put together what the file says."""
        values = super().clean()
        if not self.errors:
            self.said = said_of(self.what, self.organization, values)
        return values


class RefuseForm(forms.Form):
    """Why not."""

    reason = forms.CharField(
        label="Why not",
        max_length=_WHY,
        help_text="For whoever proposed it.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )


def _field(key: Key) -> forms.Field:
    if key.form is Form.CHOICE:
        return forms.ChoiceField(
            label=key.label, required=key.needed, choices=key.choices, help_text=key.hint
        )
    rows = _ROWS.get(key.form)
    attrs: dict[str, Any] = {"autocomplete": "off"}
    widget = forms.Textarea(attrs=attrs | {"rows": rows}) if rows else forms.TextInput(attrs=attrs)
    return forms.CharField(
        label=key.label,
        required=key.needed,
        strip=True,
        max_length=_LONGEST if rows else _LINE,
        help_text=key.hint,
        widget=widget,
    )
