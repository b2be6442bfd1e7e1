from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("framework", "0003_retire_inactive_steps")]

    operations = [migrations.RemoveField("forwardviewstep", "is_active")]
