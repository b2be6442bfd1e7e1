from django.db import migrations

from core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_audit_append_only"),
        ("engagements", "0006_queue_what_waits"),
    ]

    operations = [
        AppendOnly("engagements_statuschange"),
    ]
