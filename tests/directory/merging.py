"""Two organisations that are the same, and merging them as their page does."""

from directory import actions, policies
from directory.models import Organisation


def again(organisation):
    """Return an organisation as it is now."""
    return Organisation.objects.get(pk=organisation.pk)


def merge(kept, dropped, by, **choices):
    """Merge a duplicate, having looked at the preview."""
    preview = policies.merge_preview(again(kept), again(dropped), by)
    return actions.merge_organisation(
        organisation=kept, dropped=dropped, values={"preview": preview.fingerprint} | choices, by=by
    )


def state(organisation):
    """Return all that an organisation says but the number of its version."""
    row = again(organisation)
    areas = sorted(row.footprints.values_list("number", flat=True))
    return (row.name, row.ods_code, row.sector, row.other_names, areas, row.is_active, row.merged_into_id)
