"""Forms of needs: raising one, and each thing that can be said or done about one."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from django import forms

from peso.partnerships.needs.states import NEXT, needs_reason
from peso.partnerships.needs.vocabulary import (
    FEDERATION,
    MEMBER,
    PUBLIC,
    Grade,
    Helped,
    Kind,
    Level,
    LinkKind,
    Stakeholder,
    Status,
)
from peso.portal.pages.addresses import web
from peso.portal.store.models import Release
from peso.portal.uploading import FILE

_LONG: Final = 20_000
_NEWEST: Final = 200
_OFF: Final = {"autocomplete": "off"}
Choices = list[tuple[str, str]]


def _choices(words: type[StrEnum], *, empty: str = "") -> Choices:
    said = [(one.value, one.value) for one in words if one.value != "unsorted"]
    return [("", empty), *said] if empty else said


def _line(label: str, hint: str = "", *, needed: bool = False, most: int = 500) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=needed,
        max_length=most,
        widget=forms.TextInput(attrs=_OFF),
    )


def _text(label: str, hint: str = "", *, needed: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=needed,
        max_length=_LONG,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class RaiseForm(forms.Form):
    """A need, as somebody raises it."""

    statement = _line(
        "What is needed",
        "One sentence: as a …, I need …, so that …",
        needed=True,
    )
    detail = _text("More about it", "All that does not fit in one sentence.")
    kind = forms.ChoiceField(
        label="Kind", choices=_choices(Kind, empty="not known"), required=False
    )
    stakeholder = forms.ChoiceField(
        label="You are one of the",
        choices=_choices(Stakeholder, empty="not said"),
        required=False,
    )
    products = _line("Products it is about", "Names with commas, e.g. hypre, hdf5.")
    facilities = _line("Facilities it concerns", "Slugs with commas, e.g. olcf, alcf.")
    needed_by = forms.DateField(
        label="Needed by",
        required=False,
        help_text="The day after which it is of no use, or of less.",
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    severity = forms.ChoiceField(
        label="How much it is needed", choices=_choices(Level, empty="not said"), required=False
    )
    evidence = _text("What shows it", "An address of a report or a measurement, or what you saw.")
    grade = forms.ChoiceField(
        label="What that is", choices=_choices(Grade), initial=Grade.SAID.value, required=False
    )


class OwnRaiseForm(RaiseForm):
    """A need, raised by somebody who is signed in."""

    organization = forms.ChoiceField(label="For", required=False)
    visibility = forms.ChoiceField(label="Who may see it")
    field_order = ("statement", "organization", "visibility")

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - Django's
        organizations: tuple[str, ...] = (),
        federation: bool = False,
        **kwargs: Any,  # noqa: ANN401 - Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        seen = [(PUBLIC, "everybody")]
        if federation:
            seen.append((FEDERATION, "those of the federation"))
        seen += [(f"{MEMBER}{one}", f"only {one}") for one in organizations]
        several: Any = self.fields
        several["visibility"].choices = seen
        several["organization"].choices = [
            ("", "yourself"),
            *((one, one) for one in organizations),
        ]


class VisitorRaiseForm(RaiseForm):
    """A need, raised without an account: confirmed by mail."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="A link to confirm the need is sent to it. It is never public.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    website = forms.CharField(
        label="Leave this empty",
        required=False,
        help_text="It is for programs that fill in everything.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    began = forms.CharField(widget=forms.HiddenInput, required=False)


class EndorseForm(forms.Form):
    """How much an organization needs it."""

    level = forms.ChoiceField(label="How much it is needed", choices=_choices(Level))
    note = _text("What it is needed for")


class ReasonForm(forms.Form):
    """Why."""

    reason = _text("Why")


class OfferForm(forms.Form):
    """Work that an organization offers."""

    days = forms.IntegerField(label="Person-days", min_value=1, max_value=100_000)
    note = _text("Of whom, and when")


class CheckForm(forms.Form):
    """Whether it helped."""

    helped = forms.ChoiceField(label="Did it help?", choices=_choices(Helped))
    note = _text("How")


class MergeForm(forms.Form):
    """The need it is the same as."""

    into = forms.RegexField(
        regex=r"^n-[0-9a-f]{10}$",
        label="It is the same as",
        help_text="The id of the other need. Both keep all that is theirs.",
        widget=forms.TextInput(attrs=_OFF),
    )
    reason = _text("Why")


class DecideForm(forms.Form):
    """The next status, with a reason where one is asked for."""

    status = forms.ChoiceField(label="It becomes")
    reason = _text("Why", "Asked for by a refusal, a withdrawal, a reopening and a step back.")

    def __init__(self, *args: Any, now: Status, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        self._now = now
        status: Any = self.fields["status"]
        status.choices = [(one.value, one.value) for one in NEXT[now]]

    def clean(self) -> dict[str, Any]:
        """Ask for a reason where one is needed."""
        said = super().clean() or {}
        bare = not (said.get("reason") or "").strip()
        if "status" in said and bare and needs_reason(self._now, Status(said["status"])):
            self.add_error("reason", f"Say why it becomes {said['status']}.")
        return said


_ADDRESSED = (LinkKind.ISSUE, LinkKind.CHANGE, LinkKind.PAGE)


class LinkForm(forms.Form):
    """Work that is done for it, or the release that carries it."""

    kind = forms.ChoiceField(label="Kind of work", choices=_choices(LinkKind))
    where = _line("Address", "Of an issue, a change, a stack or a page.", most=2000)
    release = forms.ChoiceField(
        label="Release",
        required=False,
        help_text="For a release: one that this portal holds, by the digest of its manifest.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        rows = Release.objects.filter(published=True).defer("data")[:_NEWEST]
        release: Any = self.fields["release"]
        release.choices = [
            ("", "none"),
            *((one.manifest, f"{one.stack} {one.version}, {one.channel}") for one in rows),
        ]

    def clean(self) -> dict[str, Any]:
        """A release is named by its digest, all else by its address."""
        said = super().clean() or {}
        if said.get("kind") == LinkKind.RELEASE and not said.get("release"):
            self.add_error("release", "Choose the release that carries it.")
        elif said.get("kind") in _ADDRESSED and not web(said.get("where") or ""):
            self.add_error("where", "Give its address, with https:// or http:// at its beginning.")
        elif said.get("kind") == LinkKind.STACK and not said.get("where"):
            self.add_error("where", "Give its address, or its name.")
        return said


class AnswerForm(forms.Form):
    """What those who asked are told."""

    text = _text(
        "Answer",
        "It goes by mail to those who may speak for an organization that asked, and to followers.",
        needed=True,
    )


class ReviseForm(forms.Form):
    """What a need says, corrected."""

    statement = _line("What is needed", needed=True, most=500)
    detail = _text("Details")
    kind = forms.ChoiceField(
        label="What it is", choices=_choices(Kind, empty="not known"), required=False
    )
    products = _line("Products", "Names with commas, e.g. hypre, hdf5.")
    facilities = _line("Facilities", "Slugs with commas, e.g. olcf, nersc.")
    visibility = _line(
        "Who may see it",
        "public, federation, or member: and the slug of one organization.",
        needed=True,
        most=80,
    )
    needed_by = forms.DateField(
        label="Needed by", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    reason = _text("Why it is corrected", "What it said before stays on record.", needed=True)


class EstimateForm(forms.Form):
    """Effort and places, as somebody estimates them."""

    low = forms.IntegerField(label="Person-days, at least", min_value=1, max_value=100_000)
    high = forms.IntegerField(label="Person-days, at most", min_value=1, max_value=100_000)
    estimated_by = _line("Estimated by", needed=True, most=200)
    places = forms.IntegerField(
        label="In how many places the work must be done", min_value=1, required=False
    )

    def clean(self) -> dict[str, Any]:
        """The low end is not above the high end."""
        said = super().clean() or {}
        if said.get("low") and said.get("high") and said["low"] > said["high"]:
            self.add_error("high", "This is less than the low end.")
        return said


class FreezeForm(forms.Form):
    """For whom a ranking is frozen."""

    audience = forms.ChoiceField(
        label="For", choices=[("public", "everybody"), ("federation", "the federation")]
    )


class BringForm(forms.Form):
    """A file of needs, and what is true of all in it that does not say so itself."""

    file = forms.FileField(
        label="File",
        help_text=f"CSV, or issues of GitHub or GitLab as JSON; at most {FILE >> 20} MiB.",
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".csv,.json,.jsonl,.ndjson"}),
    )
    visibility = forms.ChoiceField(
        label="Who may see needs that do not say so themselves", initial=FEDERATION
    )
    products = _line(
        "Products that exported issues are about", "Names with commas, e.g. hypre, hdf5."
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - Django's
        organizations: tuple[str, ...] = (),
        **kwargs: Any,  # noqa: ANN401 - Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        visibility: Any = self.fields["visibility"]
        visibility.choices = [
            (PUBLIC, "everybody"),
            (FEDERATION, "those of the federation"),
            *((f"{MEMBER}{one}", f"only {one}") for one in organizations),
        ]

    def clean_file(self) -> Any:  # noqa: ANN401 - Django's
        """A file that is too long was not kept whole."""
        file = self.cleaned_data["file"]
        if file.size > FILE:
            raise forms.ValidationError(
                f"It has {file.size} bytes; at most {FILE} are taken at once. Split it."
            )
        return file


class FindForm(forms.Form):
    """Filters of the list."""

    q = forms.CharField(label="Words", max_length=200, required=False)
    status = forms.ChoiceField(
        label="Status", choices=_choices(Status, empty="any"), required=False
    )
    kind = forms.ChoiceField(label="Kind", choices=_choices(Kind, empty="any"), required=False)
    product = forms.CharField(label="Product", max_length=200, required=False)
    organization = forms.CharField(label="Asked by (slug)", max_length=63, required=False)
