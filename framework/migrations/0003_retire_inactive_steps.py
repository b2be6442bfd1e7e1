from django.db import migrations
from django.utils import timezone


def retire(apps, schema_editor):
    """Retire the steps that were switched off."""
    apps.get_model("framework", "ForwardViewStep").objects.filter(is_active=False).update(retired_at=timezone.now())


def switch_off(apps, schema_editor):
    """Switch off the steps that are retired."""
    apps.get_model("framework", "ForwardViewStep").objects.exclude(retired_at=None).update(is_active=False)


class Migration(migrations.Migration):
    dependencies = [("framework", "0002_versions")]

    operations = [migrations.RunPython(retire, switch_off)]
