"""Addresses of the team page and its forms."""

from django.urls import reverse


def url(view, engagement, *args):
    return reverse(f"engagements:{view}", args=[engagement.reference, *args])
