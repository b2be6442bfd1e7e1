"""The tree keeps the house style: names agree, writes stand in actions, rules know nothing of pages, every page is tested."""

import inspect
import re
from functools import cache
from types import FunctionType

import pytest
from django.apps import apps
from django.urls import URLPattern, get_resolver

from tests import house_rules as rules
from tests.house_rules import PACKAGES, ROOT, Source, python, sources, templates

# What anybody may see without signing in. `core:draft_save` and `core:session_time` answer strangers
# themselves, so that the page can ask them to sign in.
PUBLIC_PAGES = {
    "core:csp_report",
    "accounts:demonstration_sign_in",
    "accounts:invitation_accept",
    "accounts:invitation_ask",
    "accounts:invitation_detail",
    "accounts:sign_in_service_return",
    "accounts:sign_in_service_begin",
    "core:draft_save",
    "core:session_time",
    "core:health_live",
    "core:health_ready",
    "core:mail_detail",
    "core:mail_list",
    "directory:region_detail",
    "directory:region_list",
    "engagements:brief_check",
    "evaluation:feedback_give",
    "evaluation:feedback_plan",
    "evaluation:feedback_thanks",
    "evaluation:library_list",
    "framework:domain_detail",
    "framework:domain_list",
    "home",
    "interventions:intervention_detail",
    "interventions:intervention_list",
    "metrics",
}
# Views that answer with a file or with nothing.
WITHOUT_PAGE = {
    "core:csp_report",
    "engagements:brief_download",
    "engagements:brief_word",
    "engagements:pack_area_download",
    "evaluation:feedback_plan",
    "evaluation:report_area_download",
    "evaluation:report_download",
    "evaluation:report_region_download",
    "engagements:pack_person_download",
    "engagements:version_download",
    "engagements:version_word",
    "core:draft_save",
    "core:draft_discard",
    "core:session_time",
    "core:health_live",
    "core:health_ready",
    "metrics",
}
# Templates that stand in for a view's own: another face of the same address.
OTHER_FACES = {
    "ldp_portal/home_public.html",
    "engagements/brief_unavailable.html",
    "engagements/pack_unavailable.html",
    "evaluation/report_unavailable.html",
}


def all_tests():
    return sources("tests")


def docs():
    return sources("docs", ending=".md")


HELD = [
    (rules.foreign_modules, python),
    (rules.long_modules, python),
    (rules.writes_outside_actions, python),
    (rules.pages_in_rules, python),
    (rules.loose_actions, python),
    (rules.loose_permissions, python),
    (rules.saved_forms, python),
    (rules.rules_in_signals_and_saves, python),
    (rules.querying_properties, python),
    (rules.ordered_models, python),
    (rules.unexplained_deletion, python),
    (rules.unsaid_docstrings, python),
    (rules.unlisted_exports, python),
    (rules.unescaped_text, python),
    (rules.trusted_markup, python),
    (rules.unscoped_reads, python),
    (rules.raw_sql, python),
    (rules.unescaped_text, templates),
    (rules.inline_code, templates),
    (rules.unused_components, templates),
    (rules.american_words, python),
    (rules.american_words, templates),
    (rules.american_words, docs),
    (rules.skipped_tests, all_tests),
]


@pytest.mark.parametrize(("rule", "found"), HELD, ids=lambda part: part.__name__)
def test_the_tree_keeps_the_rule(rule, found):
    assert rule([source for source in found() if "house_rules" not in source.path]) == []


# Each rule objects to a small bad sample, and lets a good one pass.
ACTION = "@transaction.atomic\ndef close_plan(*, plan: Plan, by: User) -> None:\n    plan.save()\n"
SAMPLES = [
    (rules.foreign_modules, "engagements/services.py", "", "engagements/actions/moves.py", ""),
    (rules.long_modules, "engagements/views.py", "\n" * 401, "engagements/views.py", "\n" * 400),
    (rules.writes_outside_actions, "engagements/views.py", "def f():\n    plan.save()", "engagements/actions.py", ACTION),
    (
        rules.writes_outside_actions,
        "engagements/policies.py",
        "def f():\n    Plan.objects.filter(pk=1).update(title='x')",
        "engagements/policies.py",
        "def f():\n    words.update(more)",
    ),
    (
        rules.writes_outside_actions,
        "engagements/views.py",
        "def f():\n    engagement.team.add(user)",
        "engagements/views.py",
        "def f():\n    seen.add(user)",
    ),
    (
        rules.writes_outside_actions,
        "evaluation/tasks.py",
        "def f():\n    records.change(plan, {})",
        "evaluation/tasks.py",
        "def f():\n    return records.snapshot(plan, [])",
    ),
    (
        rules.pages_in_rules,
        "engagements/policies.py",
        "from django.http import Http404",
        "engagements/views.py",
        "from django.http import Http404",
    ),
    (rules.pages_in_rules, "engagements/permissions.py", "def can_see(request): ...", "core/pages.py", "def page(request): ..."),
    (rules.loose_actions, "engagements/actions.py", "def close_plan(plan, by): ...", "engagements/actions.py", ACTION),
    (
        rules.loose_permissions,
        "engagements/permissions.py",
        "def may_close(user, plan): ...",
        "engagements/permissions.py",
        "def can_close_plan(user: User, plan: Plan) -> bool: ...",
    ),
    (rules.saved_forms, "engagements/views.py", "form.save()", "engagements/actions.py", "plan.save()"),
    (
        rules.rules_in_signals_and_saves,
        "engagements/apps.py",
        "from django.db.models.signals import post_save",
        "engagements/apps.py",
        "from django.db import models",
    ),
    (
        rules.rules_in_signals_and_saves,
        "engagements/models.py",
        "class Plan(models.Model):\n    def save(self): ...",
        "core/models.py",
        "class PlanQuerySet(models.QuerySet):\n    def delete(self): ...",
    ),
    (
        rules.unused_components,
        "templates/components/never_shown.html",
        "<p></p>",
        "templates/components/shown.html",
        '{% include "components/shown.html" %}',
    ),
    (
        rules.querying_properties,
        "engagements/models.py",
        "class Plan:\n    @property\n    def size(self): return self.groups.count()",
        "engagements/models.py",
        "class Plan:\n    @property\n    def size(self): return len(self.groups.all())",
    ),
    (
        rules.ordered_models,
        "engagements/models.py",
        "class Plan:\n    class Meta:\n        ordering = ['pk']",
        "engagements/models.py",
        "class Plan:\n    class Meta:\n        indexes = []",
    ),
    (
        rules.unexplained_deletion,
        "engagements/models.py",
        "a = ForeignKey(B, on_delete=CASCADE)",
        "engagements/models.py",
        "a = ForeignKey(B, on_delete=CASCADE)  # an entry goes with its list",
    ),
    (rules.unsaid_docstrings, "core/text.py", "def f():\n    '''returns x'''", "core/text.py", "def f():\n    '''Return x.'''"),
    (
        rules.unlisted_exports,
        "engagements/views/__init__.py",
        "from engagements.views.plan import plan_detail",
        "engagements/views/__init__.py",
        "from engagements.views.plan import plan_detail\n__all__ = ['plan_detail']",
    ),
    (rules.unescaped_text, "templates/a.html", "{{ name|safe }}", "templates/a.html", "a safe place"),
    (rules.unescaped_text, "core/text.py", "mark_safe(name)", "core/text.py", "escape(name)"),
    (
        rules.trusted_markup,
        "core/text.py",
        "from django.utils import html\nshown = html.format_html('<b>' + name + '</b>')",
        "core/text.py",
        "from django.utils import html\nshown = html.format_html('<b>{}</b>', name)",
    ),
    (rules.unescaped_text, "templates/a.html", '{% include "a/email/b.txt" %}', "templates/a.html", '{% include "a/b.html" %}'),
    (
        rules.unscoped_reads,
        "engagements/views/plan.py",
        "found = Place.objects.filter(pk=pk)",
        "engagements/views/plan.py",
        "found = Place.objects.filter(engagement=engagement, pk=pk)",
    ),
    (
        rules.unscoped_reads,
        "evaluation/views.py",
        "found = Engagement.objects.get(reference=reference)",
        "evaluation/views.py",
        "found = Engagement.objects.visible_to(request.user).get(reference=reference)",
    ),
    (
        rules.raw_sql,
        "engagements/models.py",
        "found = rows.extra(where=[words])",
        "engagements/models.py",
        "found = rows.filter(title=words)",
    ),
    (
        rules.raw_sql,
        "core/records.py",
        "cursor.execute('SELECT %s' % name)",
        "core/records.py",
        "cursor.execute('SELECT 1', [name])",
    ),
    (
        rules.raw_sql,
        "engagements/views.py",
        "rows.filter(**request.GET.dict())",
        "engagements/views.py",
        "rows.filter(**form.chosen)",
    ),
    (rules.inline_code, "templates/a.html", '<p style="color: red">', "templates/a.html", '<p class="red">'),
    (rules.inline_code, "templates/a.html", '<p onclick="go()">', "templates/a.html", '<p data-once="a">'),
    (
        rules.inline_code,
        "templates/a.html",
        "<script>go()</script>",
        "templates/a.html",
        '<script nonce="{{ n }}">go()</script>',
    ),
    (rules.american_words, "docs/a.md", "An organization", "docs/a.md", "An organisation"),
    (rules.skipped_tests, "tests/test_a.py", "@pytest.mark.skip", "tests/test_a.py", "def test_skipping_a_step(): ..."),
]


@pytest.mark.parametrize(
    ("rule", "bad_path", "bad", "good_path", "good"), SAMPLES, ids=lambda part: getattr(part, "__name__", "")
)
def test_the_rule_objects_to_a_bad_sample_only(rule, bad_path, bad, good_path, good):
    assert rule([Source(bad_path, bad)])
    assert rule([Source(good_path, good)]) == []


def test_every_rule_has_a_sample():
    assert {rule for rule, _ in HELD} == {sample[0] for sample in SAMPLES}


# Addresses, views and templates.


@cache
def addresses():
    """Return the name and view of every address of our own; those of the back office are Django's."""
    walked = _walk(get_resolver().url_patterns, "")
    return {name: view for name, view in walked if view.__module__.split(".")[0] in PACKAGES and not name.startswith("admin:")}


def _walk(patterns, space):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}:{pattern.name}".lstrip(":"), pattern.callback
        else:
            yield from _walk(pattern.url_patterns, pattern.namespace or space)


def template_of(name):
    """Return the template that a view's name asks for: `engagements/engagement_detail.html`."""
    space, _, view = name.rpartition(":")
    return f"{space or 'ldp_portal'}/{view}.html"


def test_every_address_is_named_as_its_view():
    assert addresses()
    assert [name for name, view in addresses().items() if name.rpartition(":")[2] != view.__name__] == []


def test_every_view_is_a_function_that_says_what_it_does():
    assert [name for name, view in addresses().items() if type(view) is not FunctionType or not view.__doc__] == []


def test_every_name_space_is_an_app():
    assert {name.rpartition(":")[0] for name in addresses()} <= {"", *(config.name for config in apps.get_app_configs())}


def test_every_page_has_a_template_of_its_own_name():
    pages = [name for name, view in addresses().items() if name not in WITHOUT_PAGE and not is_only_posted(view)]

    assert [name for name in pages if not (ROOT / "templates" / template_of(name)).is_file()] == []


def test_a_view_names_no_other_template_than_its_own():
    wrong = []
    for name, view in addresses().items():
        named = set(re.findall(r"[\"']([a-z_]+/[a-z_]+\.html)[\"']", inspect.getsource(view)))
        wrong += [f"{name}: {template}" for template in named - OTHER_FACES - {template_of(name)}]

    assert wrong == []


def test_every_page_template_is_the_page_of_a_view_or_part_of_one():
    pages = {template_of(name) for name in addresses()}
    written = {source.path.removeprefix("templates/") for source in templates()}
    own = {path for path in written if path.split("/")[0] in PACKAGES}
    everything = "\n".join(source.text for source in [*templates(), *python()])

    assert {path for path in own - pages - OTHER_FACES if path not in everything} == set()


def is_only_posted(view):
    """Tell whether a view answers to POST alone, and so shows no page."""
    return "@require_POST" in inspect.getsource(view)


def test_the_public_pages_are_these_and_no_others():
    public = {name for name, view in addresses().items() if not getattr(view, "login_required", True)}

    assert public == PUBLIC_PAGES


def test_every_view_is_named_in_a_test():
    words = {
        word
        for source in sources("tests")
        if source.path != "tests/test_house_rules.py"
        for word in re.findall(r"\w+", source.text)
    }

    assert [name for name in addresses() if name.rpartition(":")[2] not in words] == []


def test_every_test_package_stands_for_an_app():
    folders = {source.parts[1] for source in sources("tests") if len(source.parts) > 2}

    assert folders <= {*PACKAGES, "factories", "journeys", "bench", "drills"}
