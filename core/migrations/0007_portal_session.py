"""Sessions that know whose they are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0006_upkeep_record")]

    operations = [
        migrations.CreateModel(
            name="PortalSession",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("person_key", models.CharField(blank=True, db_index=True, editable=False, max_length=36)),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "db_table": "core_django_session",
                "abstract": False,
            },
        ),
    ]
