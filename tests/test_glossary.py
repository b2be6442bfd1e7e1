"""One glossary for screens, emails and the brief (P41): the words people choose from stand in it, and the words it turns down do not show."""

import ast
import re

import pytest

from accounts.enums import Role
from engagements.enums import Clarity, EngagementStatus, Facet, Finding, SourcingRoute
from tests.house_rules import PACKAGES, ROOT

# The modules whose words people read.
SPEAKING = {"forms", "policies", "actions", "enums", "documents", "notifications"}
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)
ROWS = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]*) \|$", (ROOT / "docs/glossary.md").read_text(), re.MULTILINE)
WORDS = {word.strip().lower() for word, _, _ in ROWS}
SAID = " ".join(f"{word} {meaning}" for word, meaning, _ in ROWS).lower()
# Words that are turned down in one sense and plain English in another, with the sense in which a page may say them.
PLAIN_IN_ANOTHER_SENSE = {
    "accept": "to accept a proposal for the national menu",
    "agency": "half of the word “multi-agency”",
    "body": "an NHS body",
    "completed": "to complete the signatures on a version",
    "contact": "to contact somebody",
    "evaluation": "the status “in evaluation”",
    "format": "how an address or a document is written",
    "link": "a link on a page",
    "live": "where people live",
    "locality": "a level of place",
    "log": "to log an engagement",
    "model": "a new care model",
    "name": "what somebody is called",
    "need": "what somebody needs",
    "needs": "what something needs",
    "open": "a page that stands open, and the Open Government Licence",
    "permission": "leave to do something",
    "pilot": "what the portal itself is",
    "problem": "the heading of every list of mistakes on an NHS page",
    "progress": "the clarity “in progress”",
    "project": "a client’s own project",
    "report": "an example of a data source",
    "role": "what a person does in the portal",
    "score": "an example of a unit",
    "section": "a part of a workforce strategy",
    "size": "how large something is",
    "stakeholder": "the framework’s own words on its front page",
    "starting point": "the framework’s own words on its front page",
    "step": "a Forward View step",
    "steps": "Forward View steps",
    "submitted": "what was done to a version",
    "system": "the whole of which people lead a part",
    "tool": "what the portal itself is",
    "type": "to type",
    "user": "somebody who uses a service",
}


def turned_down():
    """Return the words that the glossary gives as not to be used, without remarks in brackets."""
    columns = (re.sub(r"\([^)]*\)", "", column) for _, _, column in ROWS)
    found = {word.strip().lower() for column in columns for word in column.split(",")}
    return {word for word in found if word and word not in WORDS} - set(PLAIN_IN_ANOTHER_SENSE) - {"not"}


def words_of_code():
    """Return the sentences in our forms, policies, actions and enums: what has a space in it and is not a docstring."""
    for path in ROOT.glob("*/**/*.py"):
        if path.relative_to(ROOT).parts[0] not in PACKAGES or not SPEAKING & {path.stem, path.parent.name}:
            continue
        tree = ast.parse(path.read_text())
        docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)}
        texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        yield path.relative_to(ROOT), " · ".join(text for text in texts - docstrings if " " in text).lower()


def words_of_templates():
    """Return what people read in each of our templates, without tags and template code."""
    for path in (ROOT / "templates").rglob("*.html"):
        text = re.sub(r"(?s)\{[#%].*?[#%]\}|\{\{.*?\}\}|<[^>]+>", " · ", path.read_text())
        yield path.relative_to(ROOT), " ".join(text.split()).lower()


@pytest.mark.parametrize("choices", [EngagementStatus, Facet, Clarity, Finding, SourcingRoute, Role])
def test_p41_every_word_to_choose_from_stands_in_the_glossary(choices):
    missing = [str(label) for label in choices.labels if str(label).lower() not in SAID]

    assert missing == []


def test_p41_no_page_and_no_message_uses_a_word_that_the_glossary_turns_down():
    used = [
        f"{path}: {word}"
        for path, text in [*words_of_templates(), *words_of_code()]
        for word in sorted(turned_down())
        if re.search(rf"\b{re.escape(word)}\b", text)
    ]

    assert used == []
