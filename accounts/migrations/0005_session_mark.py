"""What every session of a person is known by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_invitation_sent")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="session_mark",
            # The code that runs while this one is put in place does not know of the column.
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=32),
        ),
    ]
