"""Addresses of the moves, and the form that each page asks with."""

from django.urls import reverse

from tests.helpers import soup


def url(view, engagement):
    return reverse(f"engagements:{view}", args=[engagement.reference])


def form_of(response):
    return soup(response).select_one("main form[method=post]")
