"""The signed brief as a file: kept once for each version, whoever else renders it."""

import hashlib

import pytest

from engagements import documents, tasks
from engagements.models import BriefFile
from tests.factories.engagements import BriefFileFactory, PlanVersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def version():
    return PlanVersionFactory(agreed=True)


def test_signed_brief_is_kept_with_its_fingerprint(version, monkeypatch):
    monkeypatch.setattr(documents, "render_signed", lambda version: b"%PDF-1.7 signed")

    tasks.render_signed_brief(version.pk)

    kept = BriefFile.objects.get(version=version)
    with kept.file.open() as file:
        stored = file.read()
    assert (stored, kept.sha256) == (b"%PDF-1.7 signed", hashlib.sha256(b"%PDF-1.7 signed").hexdigest())


def test_signed_brief_that_is_there_is_not_rendered_again(version, monkeypatch):
    kept = BriefFileFactory(version=version)
    monkeypatch.setattr(documents, "render_signed", lambda version: pytest.fail("The brief was rendered again"))

    tasks.render_signed_brief(version.pk)

    assert BriefFile.objects.get() == kept


def test_signed_brief_that_another_worker_kept_meanwhile_stands(version, monkeypatch):
    def render(version):
        BriefFileFactory(version=version, sha256="1" * 64)
        return b"%PDF-1.7 too late"

    monkeypatch.setattr(documents, "render_signed", render)

    tasks.render_signed_brief(version.pk)

    assert BriefFile.objects.get().sha256 == "1" * 64
