"""The rules of the house style that can be read from the source. Each takes sources and returns what it objects to, in words."""

import ast
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
APPS = ["framework", "directory", "accounts", "interventions", "engagements", "evaluation"]
PACKAGES = ["core", *APPS, "ldp_portal"]
MAX_LINES = 400

ENTRY_POINTS = {"urls", "views", "jobs", "admin", "management"}
RULES = {"actions", "tasks", "documents", "notifications", "permissions", "policies", "models", "enums"}
VOCABULARY = {"__init__", "apps", "migrations", "templatetags", "forms"} | ENTRY_POINTS | RULES

# Making a person is Django's own way into a model, used by its commands and by actions.
# A task keeps what it has made: the file, the link in a message, what became of a message. It runs after the action, and actions
# stand above tasks.
# What the writer of Word files calls saving makes bytes in memory, and no row.
WRITES_ELSEWHERE = {
    ("accounts/models.py", "create_user"),
    ("accounts/tasks.py", "_keep"),
    ("accounts/tasks.py", "give_up"),
    ("accounts/tasks.py", "put_digest_off"),
    ("engagements/documents/word/sheet.py", "finish"),
    ("engagements/tasks.py", "render_signed_brief"),
    ("engagements/tasks.py", "_invite"),
    ("engagements/tasks.py", "_keep"),
    ("interventions/tasks.py", "_mark"),
}
# Parts of an action that the actions of an upper app share; they run in its transaction.
PARTS_OF_ACTIONS = {
    "follow_target",
    "keep_target",
    "lock_for_editing",
    "note_progress",
    "register_follower",
    "collect_from_delivery",
    "end_feedback",
    "conclude",
}
# Whoever gives feedback is nobody that the portal knows, and must not be.
BY_NOBODY = {"give_feedback"}

WRITING = {"save", "create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete"}
WRITING_MODULES = {"records": {"add", "change", "remove", "next_number"}, "audit": {"record"}}
READING_ROWS = re.compile(r"\bobjects\b|\.(all|filter|exclude|select_for_update|order_by)\(|_manager\b")
HTTP = ("django.http", "django.shortcuts", "django.views", "django.contrib.messages", "django.template.response")
QUERYING = {"filter", "exclude", "exists", "count", "first", "last", "aggregate", "in_bulk", "values_list"}
AMERICAN = re.compile(
    r"organiz|behavior|customiz|prioritiz|recogniz|summariz|emphasiz|analyz|utiliz|favorite|canceled|canceling|labor\b|catalog\b"
    r"|fulfill\b|skillful|\bcenter|\bcolored|\blicensed under the terms",
    re.IGNORECASE,
)
# What belongs to clients, people or one region: a view reads it by what its reader may see, or by the engagement that was so loaded.
SCOPED_MODELS = {
    *("Engagement", "ParticipantGroup", "Place", "Purpose", "Priority", "PlannedIntervention", "FundingLine", "CriterionCheck"),
    *("ClientLead", "PlanVersion", "Decision", "Comment", "Message", "EarlyStart", "StatusChange", "VersionReading", "Measure"),
    *("Result", "EarlierTarget", "FeedbackForm", "FeedbackLink", "FeedbackAnswer", "Learning", "DeliveredSession"),
    *("User", "Invitation", "Provider", "MenuProposal", "FormDraft", "AuditEvent", "RecordVersion"),
}
SCOPING = re.compile(
    r"\bvisible_to\(|\bfor_trail\((\w*\.)*(trail|contacts_trail)\)|invitation_trail\(person\)|consultants_of\(user\.region_id\)"
    r"|\b(\w+__)?engagement(__in)?=|\bversion=|\bbelow\(engagement\.|\bsubject_id=person\.pk\b|\bpk=request\.user\.pk\b|\bload_editable\("
)
# Statements made of the names of tables, which stand in the code: triggers, grants, back-ups. None takes what somebody typed.
SQL_OF_OUR_OWN = ("core/append_only.py", "core/backup/", "core/management/")
# Read otherwise, and why that is as narrow.
READ_UNSCOPED = {
    # The names of colleagues who took over work: whoever keeps the person who left reads them in their history.
    ("accounts/views/leaving.py", "User.objects.in_bulk({change['to'] for change in changes if change['to']})"),
    # What one kept person and their invitations went through.
    (
        "accounts/views/people.py",
        "AuditEvent.objects.filter(own | of_links).select_related('actor').order_by('-at', '-pk')",
    ),
    # The last change of each engagement of a list that was narrowed before.
    ("engagements/views/lists.py", "AuditEvent.objects.filter(trail=trail).order_by('-at').values('at')"),
    # What is fetched along with engagements that were loaded for their reader.
    ("engagements/views/packs.py", "Decision.objects.order_by('at', 'pk')"),
    ("engagements/views/packs.py", "ClientLead.objects.current()"),
    ("engagements/views/review/reading.py", "User.objects.order_by('full_name', 'pk')"),
    ("engagements/views/review/reading.py", "Decision.objects.select_related('client_lead__user').order_by('at', 'pk')"),
    ("engagements/views/review/reading.py", "ClientLead.objects.current().with_people()"),
    ("evaluation/views/measures.py", "Measure.objects.order_by('pk')"),
    (
        "evaluation/views/measures.py",
        "PlannedIntervention.objects.select_related('intervention').order_by('position', 'pk')",
    ),
    # The history of the framework, which belongs to all.
    (
        "framework/views/rows.py",
        "AuditEvent.objects.filter(subject_type=kind.model._meta.label_lower, subject_id__in=list(events))",
    ),
    # Whether a name is taken at all; which provider has it is said of visible ones alone.
    ("interventions/views/providers.py", "Provider.objects.filter(name__iexact=typed)"),
}
INLINE = re.compile(r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*(?:\bsrc=|nonce))", re.IGNORECASE)
# The text of an email is written as it is; no page may take it in.
UNESCAPED = re.compile(r"\|\s*safe(seq)?\b|autoescape\s+off|mark_safe|(include|extends)\s[^%]*\.txt\b")
# What makes markup of a text, and must be given markup that stands in the code; and where it is given markup that was made there.
TRUSTING = {"mark_safe", "SafeString", "SafeText", "format_html", "format_html_join", "html_safe"}
TRUSTED = {
    # What typed words become once they are escaped.
    "SafeString(linebreaks(text, autoescape=True).replace('<br>', '<br/>'))",
    # A template's own output.
    "SafeString(article)",
}


@dataclass(frozen=True)
class Source:
    """One file of ours."""

    path: str
    text: str

    @cached_property
    def tree(self):
        return ast.parse(self.text)

    @property
    def parts(self):
        return PurePosixPath(self.path).with_suffix("").parts

    @property
    def app(self):
        return self.parts[0]

    @property
    def module(self):
        """The word of the vocabulary that the file belongs to: `actions` for `engagements/actions/moves.py`."""
        return self.parts[1]

    @property
    def functions(self):
        return [node for node in self.tree.body if isinstance(node, ast.FunctionDef)]

    @property
    def classes(self):
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.ClassDef)]

    def at(self, node):
        return f"{self.path}:{node.lineno}"


@cache
def sources(*folders, ending=".py"):
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob(f"*{ending}"))
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def python():
    return [source for source in sources(*PACKAGES) if "migrations" not in source.parts]


def templates():
    return sources("templates", ending=".html")


def calls(node):
    return [found for found in ast.walk(node) if isinstance(found, ast.Call) and isinstance(found.func, ast.Attribute)]


def names_of(decorators):
    return {ast.unparse(decorator).partition("(")[0] for decorator in decorators}


# The rules.


def foreign_modules(found):
    return [f"{s.path}: “{s.module}” is no module of an app" for s in found if s.app in APPS and s.module not in VOCABULARY]


def long_modules(found):
    return [f"{s.path} has {n} lines" for s in found if (n := s.text.count("\n")) > MAX_LINES]


def writes_outside_actions(found):
    return [
        f"{source.at(call)} writes: {ast.unparse(call.func)}"
        for source in found
        if source.app != "core" and source.module != "actions"
        for function in ast.walk(source.tree)
        if isinstance(function, ast.FunctionDef) and (source.path, function.name) not in WRITES_ELSEWHERE
        for call in calls(function)
        if _is_write(call)
    ]


def _is_write(call):
    name, receiver = call.func.attr, ast.unparse(call.func.value)
    if name in WRITING_MODULES.get(receiver, ()) or name in WRITING:
        return True
    if name == "update":
        return bool(READING_ROWS.search(receiver))
    return name in {"add", "set", "clear", "remove"} and receiver.rpartition(".")[2] in _relations() and "." in receiver


@cache
def _relations():
    """The names by which records reach many others, such as `team` and `forward_view_steps`."""
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()]
    return {getattr(f, "get_accessor_name", lambda f=f: f.name)() for f in fields if f.one_to_many or f.many_to_many}


def pages_in_rules(found):
    problems = []
    for source in found:
        if source.app not in APPS or source.module not in RULES:
            continue
        for node in ast.walk(source.tree):
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            problems += [f"{source.at(node)} imports {module}" for module in modules if module.startswith(HTTP)]
            if isinstance(node, ast.arg) and node.arg == "request":
                problems.append(f"{source.at(node)} takes a request")
    return problems


def loose_actions(found):
    exported = {source.app: _exports(source) for source in found if source.parts[1:] == ("actions", "__init__")}
    problems = []
    for source in found:
        if source.app not in APPS or source.module != "actions":
            continue
        for function in source.functions:
            actions = (exported.get(source.app) or {function.name}) - PARTS_OF_ACTIONS
            if function.name not in actions or function.name.startswith("_"):
                continue
            where = f"{source.at(function)} {function.name}"
            if function.args.args or function.args.posonlyargs:
                problems.append(f"{where} takes arguments by position")
            if function.name not in BY_NOBODY and "by" not in {arg.arg for arg in function.args.kwonlyargs}:
                problems.append(f"{where} does not say by whom")
            if "transaction.atomic" not in names_of(function.decorator_list):
                problems.append(f"{where} is not atomic")
    return problems


def loose_permissions(found):
    problems = []
    for source in found:
        if source.app not in APPS or source.module != "permissions":
            continue
        for function in source.functions:
            if function.name.startswith("_"):
                continue
            arguments = function.args.args
            is_typed = all(arg.annotation for arg in arguments) and ast.unparse(function.returns or ast.Constant(0)) == "bool"
            if not re.fullmatch(r"can_[a-z]+_[a-z_]+", function.name):
                problems.append(f"{source.at(function)} {function.name} is not named can_<verb>_<entity>")
            if not arguments or arguments[0].arg != "user" or len(arguments) > 2 or not is_typed:
                problems.append(f"{source.at(function)} {function.name} is not (user, entity) -> bool")
    return problems


def saved_forms(found):
    texts = [(source, call) for source in found for call in calls(source.tree) if call.func.attr == "save"]
    return [f"{s.at(call)} saves a form" for s, call in texts if "form" in ast.unparse(call.func.value).lower()]


def unescaped_text(found):
    return [
        f"{s.path}:{n} prints text as it is"
        for s in found
        for n, line in enumerate(s.text.splitlines(), 1)
        if UNESCAPED.search(line)
    ]


def trusted_markup(found):
    """Object to markup that is not written in the code: words that somebody typed are never taken for any (S8)."""
    problems = []
    for source in found:
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in TRUSTING:
                markup = node.args[1 if "join" in ast.unparse(node.func) else 0 :][:1]
                is_written = bool(markup) and isinstance(markup[0], ast.Constant)
                if not is_written and ast.unparse(node) not in TRUSTED:
                    problems.append(f"{source.at(node)} trusts {ast.unparse(node)}")
            if isinstance(node, ast.FunctionDef) and node.name == "__html__":
                problems.append(f"{source.at(node)} makes its own markup")
    return problems


def inline_code(found):
    return [
        f"{s.path}:{n} has code inline" for s in found for n, line in enumerate(s.text.splitlines(), 1) if INLINE.search(line)
    ]


def rules_in_signals_and_saves(found):
    signals = ("django.dispatch", "django.db.models.signals")
    listening = [
        f"{source.at(node)} listens to signals"
        for source in found
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(signals)
    ]
    overriding = [
        f"{source.at(method)} {model.name}.{method.name} carries rules"
        for source in found
        for model in source.classes
        if "models.Model" in {ast.unparse(base) for base in model.bases}
        for method in model.body
        if isinstance(method, ast.FunctionDef) and method.name in {"save", "delete", "clean", "full_clean"}
    ]
    return listening + overriding


def querying_properties(found):
    return [
        f"{source.at(call)} {method.name} queries"
        for source in found
        if source.module == "models"
        for model in source.classes
        for method in model.body
        if isinstance(method, ast.FunctionDef) and "property" in names_of(method.decorator_list)
        for call in calls(method)
        if call.func.attr in QUERYING
    ]


def ordered_models(found):
    return [
        f"{source.at(node)} orders by default"
        for source in found
        for meta in source.classes
        if meta.name == "Meta" and source.module == "models"
        for node in meta.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ordering"
    ]


def unexplained_deletion(found):
    """`on_delete` is PROTECT unless a comment says why."""
    lines = {source.path: source.text.splitlines() for source in found}
    return [
        f"{source.path}:{node.lineno} does not say why it deletes along"
        for source in found
        for node in ast.walk(source.tree)
        if isinstance(node, ast.keyword) and node.arg == "on_delete" and "PROTECT" not in ast.unparse(node.value)
        if "#" not in " ".join(lines[source.path][max(0, node.lineno - 2) : node.lineno + 1])
    ]


def unsaid_docstrings(found):
    problems = []
    for source in found:
        tops = [node for node in source.tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        methods = [m for node in tops if isinstance(node, ast.ClassDef) for m in node.body if isinstance(m, ast.FunctionDef)]
        for node in [*tops, *methods]:
            if node.name.startswith("_"):
                continue
            first = (ast.get_docstring(node) or "").split("\n")[0]
            if not re.match(r"[A-Z`“\"].*[.?!]$", first):
                problems.append(f"{source.at(node)} {node.name} does not begin with a sentence")
    return problems


def unused_components(found):
    """Object to components that no template and no tag of ours shows."""
    said = "\n".join(source.text for source in [*found, *python()])
    parts = [source.path for source in found if source.path.startswith("templates/components/")]
    return [path for path in parts if path.removeprefix("templates/") not in said]


def american_words(found):
    return [
        f"{source.path}:{number} “{word.group()}”"
        for source in found
        for number, line in enumerate(source.text.splitlines(), 1)
        for word in AMERICAN.finditer(line)
    ]


def _exports(source):
    for node in source.tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return None


def unscoped_reads(found):
    """Object to views that read what belongs to clients, people or regions without starting from what the reader may see (S2)."""
    problems = []
    for source in found:
        if source.app not in APPS or source.module != "views":
            continue
        inner = {id(node.value): node for node in ast.walk(source.tree) if isinstance(node, ast.Attribute)}
        inner |= {id(node.func): node for node in ast.walk(source.tree) if isinstance(node, ast.Call)}
        for node in ast.walk(source.tree):
            if not (isinstance(node, ast.Attribute) and node.attr == "objects" and ast.unparse(node.value) in SCOPED_MODELS):
                continue
            chain = node
            while id(chain) in inner:
                chain = inner[id(chain)]
            said = ast.unparse(chain)
            if not SCOPING.search(said) and (source.path, said) not in READ_UNSCOPED:
                problems.append(f"{source.at(node)} reads without a scope: {said}")
    return problems


def unlisted_exports(found):
    problems = []
    for source in found:
        imported = {a.asname or a.name for node in source.tree.body if isinstance(node, ast.ImportFrom) for a in node.names}
        imported -= {"annotations"}
        if source.parts[-1] == "__init__" and source.module in RULES | {"views", "forms"} and imported:
            differing = imported ^ (_exports(source) or set())
            problems += [f"{source.path}: __all__ and the imports differ in {', '.join(sorted(differing))}"] if differing else []
    return problems


def raw_sql(found):
    """Object to SQL that is put together by hand: whatever is asked of a list reaches the database as a value (S19)."""
    problems = []
    for source in found:
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            is_built = bool(node.args) and not isinstance(node.args[0], ast.Constant)
            if (
                name in {"RawSQL", "extra", "raw"}
                or (name in {"execute", "executemany"} and is_built)
                or any(keyword.arg is None and "request." in ast.unparse(keyword.value) for keyword in node.keywords)
            ) and not source.path.startswith(SQL_OF_OUR_OWN):
                problems.append(f"{source.at(node)} {ast.unparse(node)[:80]}")
    return problems


def skipped_tests(found):
    pattern = re.compile(r"mark\.(skip|xfail)|pytest\.(skip|xfail|importorskip)\(")
    return [f"{s.path}:{n} skips" for s in found for n, line in enumerate(s.text.splitlines(), 1) if pattern.search(line)]
