from django.db import migrations
from django.utils import timezone


def queue(apps, schema_editor):
    """Write into the outbox what waited before there was one: messages that have not gone, signed briefs that were not made."""
    message, version = apps.get_model("engagements", "Message"), apps.get_model("engagements", "PlanVersion")
    waiting = message.objects.filter(status="waiting")
    missing = version.objects.filter(outcome="agreed", brief_file=None)
    for task, rows in (("send_message", waiting), ("render_signed_brief", missing)):
        _write(apps, f"engagements.tasks.{task}", rows.order_by("pk").values_list("pk", flat=True))


def _write(apps, task, keys):
    entry, now = apps.get_model("core", "OutboxEntry"), timezone.now()
    entries = [entry(key=f"{task} [{pk}]", task=task, arguments=[pk], asked_at=now, due_at=now) for pk in keys]
    entry.objects.bulk_create(entries, ignore_conflicts=True, batch_size=500)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0005_outbox_entry"),
        ("engagements", "0005_keep_words_of_the_menu"),
    ]

    operations = [migrations.RunPython(queue, migrations.RunPython.noop)]
