"""The chain of the audit trail: whatever is done to it in the database is found (S23)."""

# ruff: noqa: S608 - the statements are put together from what stands in this module.

from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from core import append_only, audit, chain, jobs, records, seals, upkeep
from core.models import AuditEvent, AuditLink, RecordVersion, UpkeepKind
from directory.models import Region
from tests.emptying import append_only_lifted
from tests.factories.accounts import ConsultantFactory
from tests.factories.core import AuditEventFactory
from tests.factories.directory import OrganisationFactory, a_region
from tests.helpers import in_parallel

OTHER = {
    "at": "2001-02-03 04:05:06+00:00",
    "actor_id": "actor_id + 1",
    "verb": "'removed'",
    "subject_type": "'directory.site'",
    "subject_id": "subject_id + 1",
    "subject_label": "'somebody else'",
    "trail": "'region:2'",
    "changes": "'[]'",
    "seal": "'0:0:0'",
}


@pytest.fixture
def trail(db):
    """Return ten events that are chained."""
    ConsultantFactory()
    events = AuditEventFactory.create_batch(9, actor=ConsultantFactory())
    ConsultantFactory()
    events.append(audit.record("changed", a_region(), by=None, trail="region:1", changes=[]))
    chain.link()
    assert chain.verify().faults == []
    return events


def do(statement):
    with append_only_lifted(connection) as cursor:
        cursor.execute(statement)


def insert_copy(pk, new_pk, **other):
    columns = [column.column for column in AuditEvent._meta.concrete_fields if not column.primary_key]
    values = [other.get(name, name) for name in columns]
    do(
        f"INSERT INTO core_auditevent (id, {', '.join(columns)})"
        f" SELECT {new_pk}, {', '.join(values)} FROM core_auditevent WHERE id = {pk}"
    )


def test_s23_an_event_is_sealed_and_chained_and_the_chain_is_whole(trail):
    audit.record(
        "added", a_region(), by=trail[0].actor, trail="region:1", changes=[{"field": "é", "old": "", "new": "\U0001f600"}]
    )

    found = chain.verify()

    assert (found.links, found.waiting, found.faults, found.of_unknown_keys) == (10, 1, [], 0)
    assert found.head == f"10:{AuditLink.objects.get(number=10).hash}"
    assert (chain.link(), chain.link()) == (1, 0)
    assert chain.verify(head=found.head).links == 11


@pytest.mark.parametrize("column", ["id", *OTHER])
def test_s23_a_change_of_any_column_is_found(trail, column):
    event = trail[4]
    value = {"id": "id + 1000000", "at": f"'{OTHER['at']}'"}.get(column) or OTHER[column]

    if column == "id":
        # The link points at it.
        do(f"DELETE FROM core_auditlink WHERE event_id = {event.pk}")
    do(f"UPDATE core_auditevent SET {column} = {value} WHERE id = {event.pk}")

    assert chain.verify().faults != []


def test_every_column_of_an_event_is_tampered_with_above():
    assert {column.column for column in AuditEvent._meta.concrete_fields} == {"id", *OTHER}
    assert {*seals.SEALED, "id", "seal"} == {column.attname for column in AuditEvent._meta.concrete_fields}


@pytest.mark.parametrize("number", range(10))
def test_s23_an_event_that_is_removed_is_found_wherever_it_stood(trail, number):
    head = chain.verify().head
    pk = trail[number].pk
    do(f"DELETE FROM core_auditlink WHERE event_id = {pk}")
    do(f"DELETE FROM core_auditevent WHERE id = {pk}")

    assert chain.verify(head=head).faults != []


def test_s23_an_end_that_is_cut_off_is_found_by_who_kept_the_head_alone(trail):
    head = chain.verify().head
    do("DELETE FROM core_auditlink WHERE number > 7")
    do(f"DELETE FROM core_auditevent WHERE id >= {trail[7].pk}")

    assert chain.verify().faults == []
    assert "its end was cut off" in chain.verify(head=head).faults[0]
    assert chain.verify(head="nonsense").faults != []


@pytest.mark.parametrize("is_chained", [True, False], ids=["chained", "waiting"])
def test_s23_an_event_that_the_portal_did_not_write_is_found(trail, is_chained):
    insert_copy(trail[0].pk, 9_000_000, verb="'agreed'", seal="''")
    if is_chained:
        chain.link(everything=True)

    assert "Event 9000000 was not written by the portal, or was changed." in chain.verify().faults


def test_s23_an_event_that_was_copied_whole_is_found(trail):
    insert_copy(trail[0].pk, 9_000_000)

    assert chain.verify().faults == ["2 events bear the same seal: one was copied."]


def test_s23_two_events_that_change_places_are_found(trail):
    columns = [column.column for column in AuditEvent._meta.concrete_fields if not column.primary_key]
    one, two = trail[2].pk, trail[6].pk
    insert_copy(one, 9_000_000)
    for to, source in ((one, two), (two, 9_000_000)):
        assigned = ", ".join(f"{name} = (SELECT {name} FROM core_auditevent WHERE id = {source})" for name in columns)
        do(f"UPDATE core_auditevent SET {assigned} WHERE id = {to}")
    do("DELETE FROM core_auditevent WHERE id = 9000000")

    found = chain.verify().faults

    assert found == [f"Event {one} is not what was chained.", f"Event {two} is not what was chained."]


def test_s23_links_that_change_places_or_are_written_anew_are_found(trail):
    do(f"UPDATE core_auditlink SET hash = '{'0' * 64}' WHERE number = 3")

    assert chain.verify().faults == [
        f"Event {trail[2].pk} is not what was chained.",
        f"Event {trail[3].pk} is not what was chained.",
    ]


def test_an_event_that_waits_is_held_by_its_seal(trail):
    late = AuditEventFactory()
    do(f"UPDATE core_auditevent SET verb = 'agreed' WHERE id = {late.pk}")

    assert chain.verify().faults == [f"Event {late.pk} was not written by the portal, or was changed."]


def test_events_from_before_the_seals_or_of_an_old_key_are_no_fault_at_the_beginning_alone(trail, settings):
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "a-key-that-came-after"
    AuditEventFactory()
    chain.link()

    unknown = chain.verify()
    settings.SECRET_KEY_FALLBACKS = [old]
    known = chain.verify()
    settings.SECRET_KEY_FALLBACKS = []
    insert_copy(trail[0].pk, 9_000_000)
    chain.link()

    assert (unknown.faults, unknown.of_unknown_keys) == ([], 10)
    assert (known.faults, known.of_unknown_keys) == ([], 0)
    assert "Event 9000000 was not written by the portal, or was changed." in chain.verify().faults


def test_the_command_prints_the_head_and_fails_where_the_trail_does_not_hold(trail):
    out = StringIO()
    call_command("verify_audit", stdout=out)
    head = out.getvalue().split()[-1]
    call_command("verify_audit", head=head, stdout=out)
    do(f"UPDATE core_auditevent SET verb = 'agreed' WHERE id = {trail[3].pk}")

    assert head == chain.state().head
    assert "10 events chained, 0 waiting" in out.getvalue()
    with pytest.raises(CommandError, match="does not hold: 1 faults"):
        call_command("verify_audit", stdout=out, stderr=StringIO())


def test_the_job_chains_and_looks_at_the_whole_chain_once_a_day(trail, caplog):
    AuditEventFactory()

    jobs.chain_audit_trail()
    jobs.chain_audit_trail()

    state = chain.state()
    assert (state.links, state.waiting) == (11, 0)
    assert upkeep.last(UpkeepKind.AUDIT).note == state.finding == f"11 events, whole; the chain ends at {state.head}"
    do(f"UPDATE core_auditevent SET verb = 'agreed' WHERE id = {trail[3].pk}")
    assert chain.check(timezone.now()) is None
    assert len(chain.check(timezone.now() + timedelta(days=1)).faults) == 1
    assert "The audit trail does not hold: 1 faults." in caplog.text


@pytest.mark.django_db(transaction=True)
def test_s23_events_written_and_chained_at_one_moment_make_one_chain_without_gaps():
    people = ConsultantFactory.create_batch(2)
    region = Region.objects.order_by("pk").first()

    def work(number):
        for _ in range(5):
            with transaction.atomic():
                audit.record("changed", region, by=people[number % 2], trail="region:1")
            chain.link()

    in_parallel(work, 6)
    chain.link(everything=True)

    found = chain.verify()
    assert (found.links, found.waiting, found.faults) == (30, 0, [])


# Append only, in the database.


def refused(statement):
    with pytest.raises(IntegrityError, match="append only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("table", append_only.TABLES)
@pytest.mark.django_db
def test_s23_the_database_holds_the_triggers_of_every_table_that_is_append_only(table):
    if connection.vendor == "sqlite":
        statement = "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s AND name LIKE '%%append_only%%'"
    else:
        statement = (
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname LIKE '%%append_only%%' AND tgenabled = 'O'"
        )
    with connection.cursor() as cursor:
        cursor.execute(statement, [table])

        assert cursor.fetchone()[0] == 2


@pytest.mark.django_db
def test_s23_the_database_refuses_to_change_or_remove_what_happened():
    event = audit.record("changed", a_region(), by=None, trail="region:1")
    chain.link()

    for table, column in (("core_auditevent", "verb = 'x'"), ("core_auditlink", "hash = 'x'")):
        refused(f"UPDATE {table} SET {column}")
        refused(f"DELETE FROM {table}")
        if connection.vendor == "postgresql":
            # What was written above is checked first, which emptying a table waits for.
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
            refused(f"TRUNCATE {table} CASCADE")

    event.verb = "undone"
    with pytest.raises(IntegrityError, match="append only"), transaction.atomic():
        event.save()
    with pytest.raises(IntegrityError, match="append only"), transaction.atomic():
        AuditLink.objects.get().delete()
    with pytest.raises(TypeError, match="append only"):
        AuditLink.objects.update(hash="")
    with pytest.raises(TypeError, match="append only"):
        AuditLink.objects.all().delete()


@pytest.mark.django_db
def test_s23_the_database_refuses_to_change_or_remove_a_version():
    organisation = OrganisationFactory()
    records.change(organisation, {"name": "Another name"}, by=ConsultantFactory(), trail="organisation:1")

    assert RecordVersion.objects.exists()
    refused("UPDATE core_recordversion SET number = 9")
    refused("DELETE FROM core_recordversion")


@pytest.mark.django_db
def test_the_step_of_a_migration_can_be_taken_back_and_taken_again():
    step = append_only.AppendOnly("core_auditevent")
    AuditEventFactory()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        editor = SimpleNamespace(connection=connection, execute=cursor.execute)

        step.database_backwards("core", editor, None, None)
        cursor.execute("UPDATE core_auditevent SET verb = 'x'")
        step.database_forwards("core", editor, None, None)

    refused("UPDATE core_auditevent SET verb = 'y'")
    assert AuditEvent.objects.get().verb == "x"
    assert step.describe() == "Let core_auditevent only be added to"


@pytest.mark.django_db(transaction=True)
def test_s23_an_account_that_runs_the_portal_can_only_add_to_what_is_append_only():
    event = AuditEventFactory()
    if connection.vendor != "postgresql":
        with pytest.raises(CommandError, match="There are accounts on PostgreSQL only"):
            call_command("grant_portal", "portal_web")
        return
    call_command("grant_portal", "portal_web", stdout=StringIO())
    web = connection.copy()
    web.settings_dict["USER"] = "portal_web"
    try:
        with web.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET job_title = 'x'")
            cursor.execute("INSERT INTO core_auditlink (number, event_id, hash) VALUES (1, %s, 'x') RETURNING number", [event.pk])
            for table in append_only.TABLES:
                for statement in (
                    f"DELETE FROM {table}",
                    f"TRUNCATE {table} CASCADE",
                    f"ALTER TABLE {table} DISABLE TRIGGER ALL",
                    f"DROP TABLE {table} CASCADE",
                    f"UPDATE {table} SET {'number = 2' if table == 'core_auditlink' else 'at = now()'}",
                ):
                    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                        cursor.execute(statement)
    finally:
        web.close()


@pytest.mark.django_db
def test_an_account_is_named_as_accounts_are():
    with pytest.raises(CommandError, match=r"Name an account|on PostgreSQL only"):
        call_command("grant_portal", "x; drop table y")


@pytest.mark.django_db
def test_s23_a_seal_is_made_as_django_makes_one_so_that_those_of_before_hold(settings):
    event = AuditEventFactory()
    text = seals.text_of({name: getattr(event, name) for name in seals.SEALED})
    _, once, code = event.seal.split(":")

    made = salted_hmac(seals.SALT, f"{once}:{text}", secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()

    assert code == made
