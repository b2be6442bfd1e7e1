from django.db import migrations
from django.db.models import OuterRef, Subquery


def keep(apps, schema_editor):
    """Keep in each plan what the menu said of its interventions: nothing had been edited before."""
    menu = apps.get_model("interventions", "Intervention").objects.filter(pk=OuterRef("intervention"))
    apps.get_model("engagements", "PlannedIntervention").objects.exclude(intervention=None).filter(menu_version=None).update(
        menu_name=Subquery(menu.values("name")[:1]), menu_summary=Subquery(menu.values("summary")[:1]), menu_version=1
    )


class Migration(migrations.Migration):
    dependencies = [
        ("engagements", "0004_words_of_the_menu"),
        ("interventions", "0002_versions_extras_and_proposals"),
    ]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
