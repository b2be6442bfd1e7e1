"""Who takes over the work of somebody who leaves: one person for all of it, or another for some."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.utils.html import format_html

from accounts.forms.organisations import OrganisationNameField
from accounts.models import User
from accounts.policies import NEW, NOBODY
from core.forms import PortalForm
from core.text import refuse_unreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from accounts.policies import OpenWork
    from core.refusals import Blocker

ROW = "to-"
_SAME, _NEW, _NOBODY = "Whoever takes over the rest", "The new person named below", "Nobody"


class _ShownField(forms.CharField):
    """The keys of the work that the page shows. What was posted tells what a person saw; what is shown again is what there is now."""

    widget = forms.HiddenInput

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Return what the page shows now."""
        return initial


class LeaveForm(PortalForm):
    """Who takes over what, and whether the account is closed."""

    shown = _ShownField(required=False)
    close = forms.BooleanField(
        label="They have left: close the account",
        required=False,
        initial=True,
        help_text="They are signed out at once and cannot sign in any more. Untick it to hand over the work only.",
    )
    successor = forms.TypedChoiceField(
        label="Who takes over their work?",
        required=False,
        choices=[],
        empty_value="",
        help_text="You can choose somebody else for each piece of work below.",
        error_messages={"invalid_choice": "This person cannot take the work over any more. Choose somebody else"},
    )
    new_full_name = forms.CharField(label="Full name", max_length=150, required=False)
    new_email = forms.EmailField(
        label="Email address",
        max_length=254,
        required=False,
        validators=[refuse_unreachable],
        help_text="They sign in with a code that is sent to this address.",
        error_messages={"invalid": "Enter an email address in the correct format, like name@example.nhs.uk"},
    )
    new_job_title = forms.CharField(label="Job title", max_length=150, required=False)
    new_organisation = OrganisationNameField(label="Organisation", help_text="Start typing and choose from the list.")

    def __init__(self, *args: Any, person: User, works: Sequence[OpenWork], is_own: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.works = list(works)
        people = {to.pk: to for work in self.works for to in work.candidates}
        self.people = {str(pk): to for pk, to in sorted(people.items(), key=lambda pair: (pair[1].full_name, pair[0]))}
        self.can_be_new = any(work.can_be_new for work in self.works)
        self.fields["shown"].initial = ",".join(work.key for work in self.works)
        if is_own or not person.is_active:
            del self.fields["close"]
        self._offer_successors()
        for work in self.works:
            self.fields[f"{ROW}{work.key}"] = self._row(work)
        if self.can_be_new:
            self.fields["new_organisation"].initial = str(person.organisation or "")
        else:
            for name in ("new_full_name", "new_email", "new_job_title", "new_organisation"):
                del self.fields[name]
        self.layout = self._layout()

    def _offer_successors(self) -> None:
        """Offer everybody who can take over at least some of the work."""
        if not self.people and not self.can_be_new:
            del self.fields["successor"]
            return
        field: Any = self.fields["successor"]
        fresh = [(NEW, "Somebody new, named below")] if self.can_be_new else []
        field.choices = [("", "Choose"), *_offered(self.people.values()), *fresh]
        field.coerce = self._person

    def _row(self, work: OpenWork) -> forms.Field:
        """Return the field of one piece of work: whoever takes over the rest, unless another is chosen."""
        offered = _offered(work.candidates)
        choices = [*offered, *([(NEW, _NEW)] if work.can_be_new else []), *([(NOBODY, _NOBODY)] if work.can_be_nobody else [])]
        if offered or work.can_be_new:
            choices = [("", _SAME), *choices]
        suggested = str(work.suggested.pk) if isinstance(work.suggested, User) else work.suggested
        return forms.TypedChoiceField(
            label=work.sentence,
            required=False,
            choices=choices or [("", "Nobody here can take this over")],
            coerce=self._person,
            empty_value="",
            initial=suggested,
            help_text=_about(work),
            error_messages={"invalid_choice": "This person cannot take it over any more. Choose somebody else"},
        )

    def _person(self, value: str) -> User | str:
        """Return the person of a choice, or the word that stands for somebody new or nobody."""
        return self.people.get(value, value)

    def _layout(self) -> Layout:
        """Put the work under one heading for each kind."""
        parts: list[Any] = [name for name in ("successor",) if name in self.fields]
        for kind, works in groupby(self.works, key=lambda work: work.kind):
            parts.append(Fieldset(kind, *(f"{ROW}{work.key}" for work in works)))
        fresh = [name for name in self.fields if name.startswith("new_")]
        if fresh:
            parts.append(Fieldset("Somebody new, if you chose that", *fresh))
        return Layout(*parts, *(["close"] if "close" in self.fields else []))

    def clean(self) -> dict[str, Any]:
        """Ask for a successor as long as a piece of work is left to them."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        rows = [f"{ROW}{work.key}" for work in self.works if work.candidates or work.can_be_new]
        is_left = any(not cleaned.get(name) for name in rows if name not in self.errors)
        if is_left and not cleaned.get("successor") and "successor" not in self.errors:
            self.add_error("successor", "Choose who takes over their work, or somebody for each piece of it")
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """Return who takes over what, by the keys of the work."""
        said = super().values
        return {
            "close": bool(said.get("close")),
            "successor": said.get("successor", ""),
            "choices": {work.key: said.get(f"{ROW}{work.key}", "") for work in self.works},
            "new": {
                "full_name": said.get("new_full_name", ""),
                "email": said.get("new_email", ""),
                "job_title": said.get("new_job_title", ""),
                "organisation": said.get("new_organisation"),
            },
            "shown": set(said.get("shown", "").split(",")),
        }

    def refuse(self, blockers: Iterable[Blocker]) -> None:
        """Say each reason beside the work that it is about; others above the fields."""
        self.refusals = list(blockers)
        for blocker in self.refusals:
            name = "new_full_name" if blocker.part == NEW else f"{ROW}{blocker.part}"
            self.add_error(name if name in self.fields else None, blocker.sentence)


def _offered(people: Iterable[User]) -> list[tuple[str, str]]:
    """Return people to choose from, each with what they do."""
    return [(str(person.pk), ", ".join(part for part in (person.full_name, person.job_title) if part)) for person in people]


def _about(work: OpenWork) -> str:
    """Say where a piece of work stands and why it cannot be moved here, with the way to it."""
    words = work.barred or work.note
    return (
        format_html(
            '{} <a href="{}">Look at it<span class="nhsuk-u-visually-hidden">: {}</span></a>', words, work.url, work.sentence
        )
        if work.url
        else words
    )
