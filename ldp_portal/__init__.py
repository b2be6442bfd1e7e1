"""Wiring of the portal. Nothing imports this package."""

from ldp_portal.celery import app as celery_app

__all__ = ["celery_app"]
