import pytest

from core import audit
from core.models import AuditEvent
from directory.models import Region
from tests.factories.accounts import ConsultantFactory
from tests.factories.core import AuditEventFactory, OneTimeKeyFactory
from tests.factories.directory import OrganisationFactory, a_region
from tests.factories.engagements import ParticipantGroupFactory

pytestmark = pytest.mark.django_db


def test_an_event_reads_as_a_sentence():
    ann = ConsultantFactory(full_name="Ann Archer")
    group = ParticipantGroupFactory(name="Lincolnshire GPs")

    event = audit.record("added", group, by=ann, trail="engagement:17")

    assert f"{event.actor} {event}" == "Ann Archer added group Lincolnshire GPs"
    assert (event.subject_type, event.subject_id) == ("engagements.participantgroup", group.pk)


def test_an_event_keeps_a_name_of_its_own_for_what_it_tells_of():
    event = audit.record("moved", a_region(), by=None, trail="region:1", label="the whole region")

    assert event.subject_label == "the whole region"
    assert event.actor is None


def test_a_long_name_is_cut_to_what_the_trail_holds():
    event = audit.record("added", Region(pk=1, name="x" * 500), by=None, trail="region:1")

    assert len(event.subject_label) == audit.MAX_LABEL_LENGTH


def test_a_trail_tells_its_own_events_newest_first(django_assert_num_queries):
    first, second = AuditEventFactory(trail="engagement:1"), AuditEventFactory(trail="engagement:1")
    AuditEventFactory(trail="engagement:2")

    with django_assert_num_queries(1):
        found = [(event.pk, str(event.actor)) for event in AuditEvent.objects.for_trail("engagement:1")]

    assert found == [(second.pk, str(second.actor)), (first.pk, str(first.actor))]


def test_the_trail_is_never_changed_nor_deleted():
    AuditEventFactory()

    with pytest.raises(TypeError, match="append only"):
        AuditEvent.objects.update(verb="undone")
    with pytest.raises(TypeError, match="append only"):
        AuditEvent.objects.filter(verb="added").delete()

    assert AuditEvent.objects.get().verb == "added"


def test_a_key_is_told_by_its_letters():
    key = OneTimeKeyFactory()

    assert str(key) == str(key.key)


def test_a_label_says_the_kind_and_the_name():
    assert audit.label_of(OrganisationFactory(name="Louth Hospice")) == "organisation Louth Hospice"
