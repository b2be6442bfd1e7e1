"""A portal with plans in it goes back to an older release and forward again, and keeps what people have written."""

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate

from core import reference
from core.backup import drill
from core.models import OutboxEntry
from engagements.enums import EngagementStatus
from engagements.models import Message, PlannedIntervention, PlanVersion
from tests.engagements.situations import engagement_at
from tests.factories.engagements import MessageFactory, PlannedInterventionFactory
from tests.factories.interventions import MenuProposalFactory
from tests.house_rules import PACKAGES

# Before there was an outbox, and before plans kept the words of the menu.
OLDER = {
    "engagements": "0004_words_of_the_menu",
    "interventions": "0004_offers_in_words",
    "core": "0004_draft_by_page",
}
# Tables that the older release had not.
NOT_THERE_YET = {"OutboxEntry", "UpkeepRecord", "PortalSession", "AuditLink"}


@pytest.fixture
def _another_database(tmp_path, db, monkeypatch):
    """Let everything read and write an empty database of its own, into which the suite puts nothing by itself."""
    monkeypatch.setattr(post_migrate, "receivers", [])
    mine = connections["default"]
    with drill.empty_database(tmp_path):
        connections["default"] = connections[drill.ALIAS]
        connections["default"].alias = "default"
        try:
            yield
        finally:
            connections["default"] = mine


def rows():
    """Return every row of the portal, table by table, without the seals and codes that the older release had not."""
    models = [model for app in PACKAGES for model in apps.get_app_config(app).get_models() if model.__name__ not in NOT_THERE_YET]
    found = {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}
    for event in found["core.AuditEvent"]:
        del event["seal"]
    for version in found["engagements.PlanVersion"]:
        del version["has_feedback_code"]
    return found


def keys(queryset):
    return queryset.values_list("pk", flat=True)


@pytest.mark.usefixtures("_another_database")
def test_a_portal_with_plans_goes_back_to_an_older_release_and_forward_again():
    call_command("migrate", verbosity=0)
    reference.load(settings.FIXTURES_DIR)
    engagement_at(EngagementStatus.IN_REVIEW)
    engagement_at(EngagementStatus.AGREED)
    MessageFactory()
    answered = MenuProposalFactory(declined=True)
    PlannedInterventionFactory(engagement=engagement_at(EngagementStatus.CO_DESIGN), from_menu=True)
    assert PlannedIntervention.objects.exclude(menu_name="").filter(menu_version=1).exists()
    before = rows()

    MigrationExecutor(connection).migrate(list(OLDER.items()))
    with connection.cursor() as cursor:
        # As the older release wrote them: it kept no words of the menu.
        cursor.execute("UPDATE engagements_plannedintervention SET menu_name = '', menu_summary = '', menu_version = NULL")
    forward = MigrationExecutor(connection)
    forward.migrate(forward.loader.graph.leaf_nodes())

    after = rows()
    assert {name: (len(before[name]), len(after[name])) for name in before if before[name] != after[name]} == {}
    queued = [
        *(("engagements.tasks.send_message", pk) for pk in keys(Message.objects.filter(status="waiting"))),
        *(
            ("engagements.tasks.render_signed_brief", pk)
            for pk in keys(PlanVersion.objects.filter(brief_file=None, outcome="agreed"))
        ),
        ("interventions.tasks.send_proposal_answer", answered.pk),
    ]
    assert sorted((entry.task, *entry.arguments) for entry in OutboxEntry.objects.all()) == sorted(queued)
    assert len(queued) > 1
