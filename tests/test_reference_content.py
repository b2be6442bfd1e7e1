"""The fixtures hold the framework's content whole, consistent and without repetition."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"
GLOSSARY = ROOT / "docs" / "glossary.md"

COUNTS = {
    "framework/domain": 4,
    "framework/leadership_role": 30,
    "framework/behaviour": 32,
    "directory/region": 10,
    "directory/footprint": 44,
    "directory/site": 75,
    "directory/organisation": 207,
    "engagements/criterion": 5,
    "interventions/intervention": 21,
}
KEYS = {
    "framework/domain": ("slug",),
    "framework/leadership_role": ("domain", "row"),
    "framework/behaviour": ("domain", "row", "position"),
    "framework/forward_view_step": ("code",),
    "framework/resource": ("slug",),
    "directory/region": ("slug",),
    "directory/contact_point": ("region", "position"),
    "directory/footprint": ("number",),
    "directory/site": ("kind", "name"),
    "directory/organisation": ("ods_code",),
    "engagements/criterion": ("slug",),
    "interventions/intervention": ("slug",),
    "evaluation/measure_suggestion": ("intervention", "position"),
}
LEVELS = {"individual", "team", "organisation", "system", "population"}
KIRKPATRICK = {"reaction", "learning", "behaviour", "results", ""}
KINDS = {"number", "scale", "yes_no", "story"}
DIRECTIONS = {"increase", "decrease", "maintain", ""}
LEAST_INTERVENTIONS_EACH = 2
LEAST_SUGGESTIONS_EACH = 2
LEAST_LEVELS_EACH = 2
MOST_CLAIMED = 10
MAX_SUMMARY_CHARACTERS = 160


def read(name):
    return json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))


def values(name, field):
    return [row[field] for row in read(name)]


def repeated(items):
    return [item for item, count in Counter(items).items() if count > 1]


def sentences(text):
    return [part.strip() for part in re.split(r"(?<=[.?!])\s+", text) if part.strip()]


def all_strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from all_strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from all_strings(item)


def glossary_rows():
    lines = GLOSSARY.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return [row for row in rows if row[0] != "Word"]


@pytest.mark.parametrize(("name", "count"), COUNTS.items(), ids=COUNTS.keys())
def test_fixture_holds_every_row_of_its_source(name, count):
    rows = read(name)

    assert len(rows) == count


@pytest.mark.parametrize(("name", "fields"), KEYS.items(), ids=KEYS.keys())
def test_fixture_rows_have_distinct_keys(name, fields):
    keys = [tuple(row[field] for field in fields) for row in read(name)]

    assert repeated(keys) == []


@pytest.mark.parametrize("name", KEYS)
def test_fixture_rows_all_have_the_same_fields(name):
    shapes = {tuple(row) for row in read(name)}

    assert len(shapes) == 1


@pytest.mark.parametrize("name", KEYS)
def test_fixture_is_laid_out_as_agreed(name):
    written = (FIXTURES / f"{name}.json").read_text(encoding="utf-8")

    laid_out = json.dumps(json.loads(written), indent=2, ensure_ascii=False) + "\n"

    assert written == laid_out


@pytest.mark.parametrize("name", KEYS)
def test_fixture_text_has_no_stray_spaces_or_control_characters(name):
    stray = [
        text
        for text in all_strings(read(name))
        if text != text.strip() or re.search(r"[\x00-\x09\x0b-\x1f\x7f]|[^\n]  |\n{3,}", text)
    ]

    assert stray == []


def test_roles_and_behaviours_belong_to_a_domain():
    domains = set(values("framework/domain", "slug"))

    used = set(values("framework/leadership_role", "domain")) | set(values("framework/behaviour", "domain"))

    assert used == domains


@pytest.mark.parametrize("name", ["framework/leadership_role", "framework/behaviour", "engagements/criterion"])
def test_framework_texts_are_distinct(name):
    assert repeated(values(name, "text")) == []


def test_behaviours_stand_on_the_rows_of_the_roles():
    role_rows = {(row["domain"], row["row"]) for row in read("framework/leadership_role")}

    behaviour_rows = {(row["domain"], row["row"]) for row in read("framework/behaviour")}

    assert behaviour_rows == role_rows


def test_innovation_row_one_holds_three_behaviours():
    rows = [row for row in read("framework/behaviour") if row["domain"] == "innovation-and-improvement" and row["row"] == 1]

    texts = [row["text"] for row in sorted(rows, key=lambda row: row["position"])]

    assert texts == ["Efficiency in design and solutions", "Process mapping", "Lean thinking"]


def test_framework_text_keeps_its_printed_marks():
    behaviours = values("framework/behaviour", "text")
    roles = values("framework/leadership_role", "text")

    assert "Role modelling innovative ways of “thinking and being”" in behaviours
    assert "Able to transfer \u2018good practice\u2019 \u2013 scale and adapt" in behaviours
    assert "Energising the social networks/capital \u2013 connect people to the change" in roles


def test_forward_view_steps_hold_gaps_services_and_enablers():
    kinds = Counter(values("framework/forward_view_step", "kind"))

    assert kinds == {"gap": 3, "service": 10, "enabler": 6}


def test_criteria_stand_in_order_with_two_or_three_sentences_of_guidance():
    rows = read("engagements/criterion")

    lengths = {row["slug"]: len(sentences(row["guidance"])) for row in rows}

    assert list(lengths) == ["forward-view", "workforce-strategy", "multi-organisational", "leadership-focus", "affordable"]
    assert {slug: length for slug, length in lengths.items() if length not in {2, 3}} == {}


def test_region_codes_are_distinct():
    codes = values("directory/region", "code")

    assert repeated(codes) == []
    assert [code for code in codes if not re.fullmatch(r"[A-Z]{2,3}", code)] == []


def test_footprints_have_a_lead_region_that_exists():
    regions = set(values("directory/region", "slug"))

    assert set(values("directory/footprint", "lead_region")) == regions


def test_footprints_each_have_a_tile_of_their_own():
    tiles = [(row["tile_column"], row["tile_row"]) for row in read("directory/footprint")]

    assert repeated(tiles) == []


def test_sites_are_fifty_vanguards_and_twenty_five_pioneers():
    kinds = Counter(values("directory/site", "kind"))

    assert kinds == {"vanguard": 50, "pioneer": 25}


@pytest.mark.parametrize("name", ["directory/site", "directory/organisation"])
def test_footprint_numbers_resolve(name):
    numbers = set(values("directory/footprint", "number"))

    unknown = [row["name"] for row in read(name) if not set(row["footprints"]) <= numbers]

    assert unknown == []


def test_every_footprint_has_an_organisation():
    numbers = set(values("directory/footprint", "number"))

    covered = {number for row in read("directory/organisation") for number in row["footprints"]}

    assert covered == numbers


def test_intervention_domains_resolve():
    domains = set(values("framework/domain", "slug"))

    wrong = [
        row["slug"]
        for row in read("interventions/intervention")
        if row["main_domain"] not in domains or not set(row["other_domains"]) <= domains - {row["main_domain"]}
    ]

    assert wrong == []


def test_interventions_stand_in_the_printed_numbers_in_each_domain():
    positions = {}

    for row in read("interventions/intervention"):
        positions.setdefault(row["main_domain"], []).append(row["position"])

    assert positions == {
        "individual-effectiveness": [1, 2, 3, 4, 5, 6],
        "relationships-and-connectivity": [1, 2, 3, 4, 5, 6, 7],
        "innovation-and-improvement": [1, 2, 3, 4],
        "learning-and-capacity-building": [1, 2, 3, 4],
    }


@pytest.mark.parametrize(
    ("field", "source"),
    [("roles", "framework/leadership_role"), ("behaviours", "framework/behaviour")],
    ids=["roles", "behaviours"],
)
def test_intervention_claims_resolve_word_for_word(field, source):
    texts = set(values(source, "text"))

    unknown = [text for row in read("interventions/intervention") for text in row[field] if text not in texts]

    assert unknown == []


@pytest.mark.parametrize(
    ("field", "source"),
    [("roles", "framework/leadership_role"), ("behaviours", "framework/behaviour")],
    ids=["roles", "behaviours"],
)
def test_every_role_and_behaviour_is_developed_by_two_interventions(field, source):
    claims = Counter(text for row in read("interventions/intervention") for text in row[field])

    too_few = [text for text in values(source, "text") if claims[text] < LEAST_INTERVENTIONS_EACH]

    assert too_few == []


@pytest.mark.parametrize("field", ["roles", "behaviours"])
def test_no_intervention_claims_more_than_a_third(field):
    claims = {row["slug"]: row[field] for row in read("interventions/intervention")}

    assert {slug: len(texts) for slug, texts in claims.items() if not 1 <= len(texts) <= MOST_CLAIMED} == {}
    assert [slug for slug, texts in claims.items() if repeated(texts)] == []


def test_interventions_claim_something_in_each_domain_they_stand_in():
    domain_of = {
        row["text"]: row["domain"] for name in ("framework/leadership_role", "framework/behaviour") for row in read(name)
    }

    missing = {
        row["slug"]: domains
        for row in read("interventions/intervention")
        if (
            domains := {row["main_domain"], *row["other_domains"]}
            - {domain_of[text] for text in row["roles"] + row["behaviours"]}
        )
    }

    assert missing == {}


def test_intervention_summary_is_one_short_sentence():
    wrong = [
        row["slug"]
        for row in read("interventions/intervention")
        if len(row["summary"]) > MAX_SUMMARY_CHARACTERS or len(sentences(row["summary"])) != 1 or not row["summary"].endswith(".")
    ]

    assert wrong == []


def test_intervention_description_has_two_to_four_paragraphs():
    paragraphs = {row["slug"]: row["description"].split("\n\n") for row in read("interventions/intervention")}

    assert [slug for slug, parts in paragraphs.items() if not 2 <= len(parts) <= 4 or not all(parts)] == []


def test_intervention_suits_is_two_or_three_sentences():
    lengths = {row["slug"]: len(sentences(row["suits"])) for row in read("interventions/intervention")}

    assert {slug: length for slug, length in lengths.items() if length not in {2, 3}} == {}


def test_interventions_share_no_sentence():
    rows = read("interventions/intervention")

    written = [sentence for row in rows for field in ("summary", "description", "suits") for sentence in sentences(row[field])]

    assert repeated(written) == []


def test_every_intervention_has_two_measure_suggestions():
    counts = Counter(values("evaluation/measure_suggestion", "intervention"))

    assert set(counts) == set(values("interventions/intervention", "slug"))
    assert {slug: count for slug, count in counts.items() if count < LEAST_SUGGESTIONS_EACH} == {}


def test_measure_suggestions_of_an_intervention_span_two_levels():
    levels = {}

    for row in read("evaluation/measure_suggestion"):
        levels.setdefault(row["intervention"], set()).add(row["level"])

    assert [slug for slug, found in levels.items() if len(found) < LEAST_LEVELS_EACH] == []


def test_measure_suggestion_choices_are_known():
    unknown = [
        row
        for row in read("evaluation/measure_suggestion")
        if row["kirkpatrick"] not in KIRKPATRICK or row["kind"] not in KINDS or row["direction"] not in DIRECTIONS
    ]

    assert unknown == []


def test_measure_suggestions_have_a_unit_and_direction_where_they_count():
    rows = read("evaluation/measure_suggestion")

    wrong = [row["outcome"] for row in rows if (row["kind"] in {"number", "scale"}) != bool(row["unit"] and row["direction"])]

    assert wrong == []


@pytest.mark.parametrize("field", ["outcome", "method", "data_source"])
def test_measure_suggestions_are_worded_differently(field):
    written = [text.lower() for text in values("evaluation/measure_suggestion", field)]

    assert "" not in written
    assert repeated(written) == []


@pytest.mark.parametrize("field", ["outcome", "method", "data_source", "typical_timing"])
def test_measure_suggestions_fit_a_line_of_a_table(field):
    long = [text for text in values("evaluation/measure_suggestion", field) if len(text) > MAX_SUMMARY_CHARACTERS]

    assert long == []


def test_glossary_explains_each_word_once():
    words = [row[0].lower() for row in glossary_rows()]

    assert repeated(words) == []


def test_glossary_definitions_are_one_sentence_each():
    wrong = [row[0] for row in glossary_rows() if len(sentences(row[1])) != 1 or not row[1].endswith(".")]

    assert wrong == []


def test_glossary_names_the_facets_routes_findings_and_statuses():
    words = {row[0] for row in glossary_rows()}

    facets = {"People", "Place", "Purpose", "Priorities"}
    routes = {"provide", "commission", "signpost", "broker"}
    statuses = {"co-design", "in review", "agreed", "in delivery", "in evaluation", "closed", "withdrawn"}

    assert facets | routes | statuses | {"finding", "overrule", "brief", "version"} <= words
