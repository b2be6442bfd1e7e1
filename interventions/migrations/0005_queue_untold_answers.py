from django.db import migrations
from django.utils import timezone

TASK = "interventions.tasks.send_proposal_answer"


def queue(apps, schema_editor):
    """Write into the outbox which proposers had not been told of an answer before there was one; whether they still are to be, the task asks."""
    entry, now = apps.get_model("core", "OutboxEntry"), timezone.now()
    answered = apps.get_model("interventions", "MenuProposal").objects.filter(told_at=None).exclude(outcome__in=["", "withdrawn"])
    keys = answered.order_by("pk").values_list("pk", flat=True)
    entries = [entry(key=f"{TASK} [{pk}]", task=TASK, arguments=[pk], asked_at=now, due_at=now) for pk in keys]
    entry.objects.bulk_create(entries, ignore_conflicts=True, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_outbox_entry"),
        ("interventions", "0004_offers_in_words"),
    ]

    operations = [migrations.RunPython(queue, migrations.RunPython.noop)]
