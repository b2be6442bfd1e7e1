"""Forms of the moves from status to status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from core.forms import PortalForm
from core.widgets import NHSDateField
from engagements.enums import MAX_TEXT, DecisionOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engagements.documents import Section
    from engagements.models import PlanVersion


class EngagementSubmitForm(PortalForm):
    """A plan that goes to its signatories."""

    due_on = NHSDateField(
        label="When should they decide by?",
        what="the day by which they should decide",
        help_text="They are reminded three days before, and again the day after.",
    )
    message = forms.CharField(
        label="Message to the signatories",
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What you want them to know before they read. You can leave it empty.",
    )


class ShownVersionInput(forms.HiddenInput):
    """Says which version the page shows, whatever a draft or an earlier post said."""

    def __init__(self, shown: str) -> None:
        super().__init__()
        self.shown = shown

    def format_value(self, value: Any) -> str:
        """Return the version that stands on the page."""
        return self.shown


class VersionDecideForm(PortalForm):
    """A signatory's decision on the version that the page shows."""

    outcome = forms.ChoiceField(
        label="What do you decide?",
        choices=DecisionOutcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you agree to this plan or want changes"},
    )
    section = forms.ChoiceField(
        label="Which part of the plan do you want changed?",
        required=False,
        help_text="Only if you want changes.",
    )
    comment = forms.CharField(
        label="Comment",
        required=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="If you want changes, say which. Everybody who can read the plan can read your comment.",
    )
    number = forms.CharField(required=False, widget=forms.HiddenInput)
    content_hash = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, shown: PlanVersion | None, sections: Iterable[Section], has_commented: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.has_commented = has_commented
        self.fields["number"].widget = ShownVersionInput(str(shown.number) if shown else "")
        self.fields["content_hash"].widget = ShownVersionInput(shown.content_hash if shown else "")
        self.fields["section"].choices = section_choices(sections)  # type: ignore[attr-defined]
        back = "The plan goes back to co-design with your comments."
        self.fields["outcome"].option_hints = {  # type: ignore[attr-defined]  # the form pack reads it
            DecisionOutcome.AGREED.value: "You sign this version as it stands. It is agreed once all signatories have agreed.",
            DecisionOutcome.CHANGES_WANTED.value: back if has_commented else "The plan goes back to co-design with your comment.",
        }

    def clean(self) -> dict[str, Any]:
        """Ask for a comment on a part of the plan where changes are wanted and none has been written."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("outcome") != DecisionOutcome.CHANGES_WANTED or "comment" in self.errors:
            return cleaned
        comment, section = cleaned.get("comment"), cleaned.get("section")
        if not comment and not self.has_commented:
            self.add_error("comment", "Say what you want changed")
        if not section and "section" not in self.errors and (comment or not self.has_commented):
            self.add_error("section", "Choose which part of the plan you want changed")
        return cleaned


class CommentForm(PortalForm):
    """What a reader says about one part of a version."""

    section = forms.ChoiceField(
        label="Which part of the plan is it about?",
        error_messages={"required": "Choose which part of the plan it is about"},
    )
    text = forms.CharField(
        label="Your comment",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="In your own words. Everybody who can read the plan can read it.",
        error_messages={"required": "Enter your comment"},
    )
    number = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, shown: PlanVersion, sections: Iterable[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].widget = ShownVersionInput(str(shown.number))
        self.fields["section"].choices = section_choices(sections)  # type: ignore[attr-defined]


class AnswerForm(PortalForm):
    """An answer to a comment."""

    text = forms.CharField(
        label="Your answer",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="The person who commented reads it on the review page.",
        error_messages={"required": "Enter your answer"},
    )


class EarlyStartForm(PortalForm):
    """A reason to begin work before the plan is signed."""

    reason = forms.CharField(
        label="Why does work start before sign-off?",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="The signatories read it on the review page, and it stands in the brief.",
        error_messages={"required": "Enter why work starts before sign-off"},
    )


def section_choices(sections: Iterable[Section]) -> list[tuple[str, str]]:
    """Return the parts of a plan as a list to choose from, an empty line first."""
    return [("", ""), *((section.key, section.title) for section in sections)]


class EngagementReviseForm(PortalForm):
    """A reason to reopen an agreed plan."""

    reason = forms.CharField(
        label="Why is a new version needed?",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter why a new version is needed"},
    )


class EngagementWithdrawForm(PortalForm):
    """A reason to stop the work before its end."""

    reason = forms.CharField(
        label="Why does the work stop?",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter why the work stops"},
    )
