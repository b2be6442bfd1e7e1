"""Forms of the engagement itself."""

from __future__ import annotations

from django import forms

from core.forms import PortalForm, PortalModelForm
from engagements.enums import Clarity, ClientKind, Facet
from engagements.models import Engagement

_CLARITY_HINTS = {
    Clarity.NOT_STARTED: "We have not talked about it yet",
    Clarity.IN_PROGRESS: "We have something, and it may still change",
    Clarity.CLEAR: "The client and we would say it in the same words",
}


class ConfirmForm(PortalForm):
    """A form that asks for nothing but to be sent."""


class EngagementForm(PortalModelForm):
    """What an engagement is called and who the client is."""

    client_kind = forms.ChoiceField(
        label="What kind of client is it?", choices=ClientKind.choices, required=False, widget=forms.RadioSelect
    )

    class Meta:
        model = Engagement
        fields = ["title", "client", "client_kind"]
        labels = {"title": "Title", "client": "Who is the client?"}
        help_texts = {
            "title": "What you and the client call this work, such as “Leading urgent care together in Lincolnshire”",
            "client": "The group or person you work with, such as “Lincolnshire STP leadership group”",
        }


def _facet_form(facet: Facet) -> type[PortalModelForm]:
    """Return the form for one facet's clarity and the client's own words."""
    clarity = forms.ChoiceField(label=f"How clear is {facet.label} by now?", choices=Clarity.choices, widget=forms.RadioSelect)
    clarity.option_hints = _CLARITY_HINTS  # type: ignore[attr-defined]  # the form pack reads it
    meta = type(
        "Meta",
        (),
        {
            "model": Engagement,
            "fields": [f"{facet}_clarity", f"{facet}_words"],
            "labels": {f"{facet}_words": "In the client’s own words"},
            "help_texts": {
                f"{facet}_words": "Write down what they said and how they said it. The brief shows it as their words."
            },
        },
    )
    return type(
        f"{facet.label}FacetForm", (PortalModelForm,), {"Meta": meta, f"{facet}_clarity": clarity, "__doc__": facet.label}
    )


FACET_FORMS = {facet: _facet_form(facet) for facet in Facet}
