from django.db import migrations

from core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0008_audit_chain"),
    ]

    operations = [
        AppendOnly("core_auditevent"),
        AppendOnly("core_auditlink"),
        AppendOnly("core_recordversion"),
    ]
