"""What can be written as a contact point of each kind, as people in the UK write it, and what two contact points have in common."""

import pytest
from django.core.exceptions import ValidationError

from directory import policies
from directory.enums import ContactKind
from directory.models import ContactPoint
from directory.policies.contacts import NO_EMAIL, NO_PERSON, NO_TELEPHONE, NO_WEBSITE, SPACE_IN_EMAIL, SPACE_IN_WEBSITE

TELEPHONE, EMAIL, WEBSITE, PERSON = ContactKind


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0115 748 4277", "0115 748 4277"),
        ("01157484277", "0115 748 4277"),
        ("(0115) 748 4277", "0115 748 4277"),
        ("+44 115 748 4277", "0115 748 4277"),
        ("+44 (0)115 748 4277", "0115 748 4277"),
        ("0044 115 748 4277", "0115 748 4277"),
        ("0115-748-4277", "0115 748 4277"),
        ("0115.748.4277", "0115 748 4277"),
        ("0115–748–4277", "0115 748 4277"),
        ("  0115  748  4277  ", "0115 748 4277"),
        ("tel:0115 748 4277", "0115 748 4277"),
        ("0115 748 4277 ext 12", "0115 748 4277 ext 12"),
        ("0115 748 4277 Ext. 12", "0115 748 4277 ext 12"),
        ("0115 748 4277, extension 12", "0115 748 4277 ext 12"),
        ("0115 748 4277 (x12)", "0115 748 4277 ext 12"),
        ("0115 748 4277#12", "0115 748 4277 ext 12"),
        ("07766 602483", "07766 602483"),
        ("0300 123 1234", "0300 123 1234"),
        ("0800 1111", "0800 1111"),
        ("01223 597 562", "01223 597562"),
        # Ofcom keeps these for drama and for examples: the hint of the form is one of them.
        ("0115 496 0123", "0115 496 0123"),
        ("01632 960123", "01632 960123"),
        ("+353 1 234 5678", "+353 1 234 5678"),
    ],
)
def test_a_telephone_number_is_taken_as_people_write_it_and_kept_in_one_way(typed, kept):
    assert policies.contact_as_written(TELEPHONE, typed) == kept
    # What is kept can be written again.
    assert policies.contact_as_written(TELEPHONE, kept) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "0115 RING US",
        "0800 FLOWERS",
        "ring the front desk",
        "0115 748 427",
        "748 4277",
        "111",
        "0115 748 42777",
        "0115 748 4277 / 4278",
        "0115 748 4277 or 0115 748 4278",
        "0115 748 4277 ext",
        "0115 748 4277 ext front desk",
        "0000 000 0000",
        "+44+44 115 748 4277",
        "+999 1234",
        "٠١١٥ ٧٤٨ ٤٢٧٧",
        "name@example.nhs.uk",
        "0" * 200,
    ],
)
def test_what_is_no_telephone_number_is_refused_with_what_to_type(typed):
    with pytest.raises(ValidationError, match=NO_TELEPHONE):
        policies.contact_as_written(TELEPHONE, typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("name@example.nhs.uk", "name@example.nhs.uk"),
        (" Name.Surname@example.nhs.uk ", "Name.Surname@example.nhs.uk"),
        ("mailto:name@example.nhs.uk", "name@example.nhs.uk"),
        ("o'brien+desk@example.nhs.uk", "o'brien+desk@example.nhs.uk"),
    ],
)
def test_an_email_address_is_kept_as_it_was_typed(typed, kept):
    assert policies.contact_as_written(EMAIL, typed) == kept


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("name @example.nhs.uk", SPACE_IN_EMAIL),
        ("front desk@example.nhs.uk", SPACE_IN_EMAIL),
        ("Jo Bloggs <jo@example.nhs.uk>", SPACE_IN_EMAIL),
        ("name", NO_EMAIL),
        ("0115 496 0123", NO_EMAIL),
        ("name@example", NO_EMAIL),
        ("name@example..uk", NO_EMAIL),
        ("a@b.uk;c@d.uk", NO_EMAIL),
        ("www.example.nhs.uk", NO_EMAIL),
    ],
)
def test_what_is_no_email_address_is_refused_with_what_to_type(typed, told):
    with pytest.raises(ValidationError, match=told):
        policies.contact_as_written(EMAIL, typed)


def test_an_email_address_that_cannot_be_reached_is_refused():
    with pytest.raises(ValidationError):
        policies.contact_as_written(EMAIL, f"name@{'x' * 64}.uk")


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("www.example.nhs.uk", "https://www.example.nhs.uk"),
        ("example.nhs.uk/leadership", "https://example.nhs.uk/leadership"),
        ("www.example.nhs.uk/?page=2#team", "https://www.example.nhs.uk/?page=2#team"),
        ("https://www.example.nhs.uk/a", "https://www.example.nhs.uk/a"),
        ("http://example.nhs.uk", "http://example.nhs.uk"),
        ("HTTPS://EXAMPLE.NHS.UK", "HTTPS://EXAMPLE.NHS.UK"),
        ("https://example.nhs.uk:8443/a", "https://example.nhs.uk:8443/a"),
        ("example.nhs.uk/?to=https://other.nhs.uk", "https://example.nhs.uk/?to=https%3A//other.nhs.uk"),
    ],
)
def test_a_web_address_is_kept_as_people_write_it_and_leads_to_a_website(typed, address):
    assert policies.contact_as_written(WEBSITE, f" {typed} ") == typed
    assert ContactPoint(kind=WEBSITE, value=typed).address == address


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("our website", NO_WEBSITE),
        ("www.example nhs.uk", SPACE_IN_WEBSITE),
        ("website", NO_WEBSITE),
        ("http:/example.nhs.uk", NO_WEBSITE),
        ("ftp://example.nhs.uk", NO_WEBSITE),
        ("javascript:alert(1)", NO_WEBSITE),
        ("javascript://example.nhs.uk/%0aalert(1)", NO_WEBSITE),
        ("data:text/html,a.b", NO_WEBSITE),
        ("name@example.nhs.uk", NO_WEBSITE),
        ("https://example.nhs.uk@evil.example", NO_WEBSITE),
        ("//example.nhs.uk", NO_WEBSITE),
        ("www..uk", NO_WEBSITE),
        ("https://", NO_WEBSITE),
    ],
)
def test_what_is_no_web_address_is_refused_with_what_to_type(typed, told):
    with pytest.raises(ValidationError, match=told):
        policies.contact_as_written(WEBSITE, typed)


@pytest.mark.parametrize("typed", ["Jo Bloggs", "Dr Siân O’Brien-Nwosu", "李小龙", "<b>Jo</b>"])
def test_a_person_is_a_name(typed):
    assert policies.contact_as_written(PERSON, f" {typed} ") == typed


@pytest.mark.parametrize("typed", ["0115 496 0123", "jo@example.nhs.uk", "www.example.nhs.uk", "https://jo.example", "–"])
def test_what_is_no_name_is_refused_with_what_to_type(typed):
    with pytest.raises(ValidationError, match=NO_PERSON):
        policies.contact_as_written(PERSON, typed)


@pytest.mark.django_db
def test_every_contact_point_that_is_loaded_passes_its_own_check():
    points = list(ContactPoint.objects.all())

    assert len(points) == 34
    for point in points:
        written = policies.contact_as_written(point.kind, point.value)
        assert policies.contact_key(point.kind, written) == policies.contact_key(point.kind, point.value)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (TELEPHONE, "01223 597 562", "01223 597562"),
        (TELEPHONE, "0115 748 4277 ext 12", "01157484277 ext 12"),
        (EMAIL, "Name@Example.nhs.uk", "name@example.nhs.uk"),
        (WEBSITE, "www.example.nhs.uk", "https://example.nhs.uk/"),
        (PERSON, "Jo Bloggs", "jo  bloggs"),
    ],
)
def test_two_ways_of_writing_one_thing_are_the_same(kind, one, other):
    assert policies.contact_key(kind, one) == policies.contact_key(kind, other)


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (TELEPHONE, "0115 748 4277", "0115 748 4278"),
        (TELEPHONE, "0115 748 4277", "0115 748 4277 ext 12"),
        (EMAIL, "a@example.nhs.uk", "b@example.nhs.uk"),
        (WEBSITE, "example.nhs.uk/a", "example.nhs.uk/b"),
        (WEBSITE, "example.nhs.uk/?a=1", "example.nhs.uk/?a=2"),
    ],
)
def test_two_things_that_differ_are_not_the_same(kind, one, other):
    assert policies.contact_key(kind, one) != policies.contact_key(kind, other)


@pytest.mark.parametrize(
    ("kind", "value", "address"),
    [
        (TELEPHONE, "0115 748 4277 ext 12", "tel:01157484277;ext=12"),
        (TELEPHONE, "+353 1 234 5678", "tel:+35312345678"),
        (EMAIL, "a?bcc=b@example.nhs.uk", "mailto:a%3Fbcc%3Db@example.nhs.uk"),
        (PERSON, "Jo Bloggs", ""),
        (PERSON, "javascript:alert(1)", ""),
    ],
)
def test_a_contact_point_leads_to_what_it_says_and_a_person_to_nothing(kind, value, address):
    assert ContactPoint(kind=kind, value=value).address == address
