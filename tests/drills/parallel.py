"""Many people post at the same moment (D8): each signatory counts once, one move wins, and nothing is half done."""

import random
from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from unittest import mock

from core.refusals import ActionRefused
from engagements import actions, documents, tasks
from engagements.enums import NEXT_STATUSES, DecisionOutcome, EngagementStatus, SigningOrder, VersionOutcome
from engagements.models import BriefFile, Decision, StatusChange
from tests.engagements.situations import ready_engagement, reread, waiting_version
from tests.factories.accounts import StpLeadFactory
from tests.factories.engagements import ClientLeadFactory
from tests.helpers import in_parallel

S = EngagementStatus
REASON = "The money went elsewhere."


@dataclass(frozen=True)
class Size:
    """How many signatories there are, how often they post, and from how many threads."""

    signatories: int
    posts: int
    threads: int


@dataclass(frozen=True)
class Outcome:
    """What became of all the posts of one drill: answers by kind of post, and what is wrong."""

    name: str
    posts: int
    answers: Counter
    wrong: list

    @property
    def done(self):
        return sum(count for (_, answer), count in self.answers.items() if answer == "done")

    @property
    def refused(self):
        return sum(count for (_, answer), count in self.answers.items() if answer == "refused")


class Review:
    """A plan in review, with everybody who posts about it."""

    def __init__(self, size, *, with_deputies=False, **fields):
        self.size = size
        self.engagement = ready_engagement(signatories=size.signatories, **fields)
        self.by = self.engagement.lead_consultant
        self.leads = list(self.engagement.client_leads.select_related("engagement", "user").order_by("pk"))
        self.deputies = {}
        for lead in self.leads[::2] if with_deputies else ():
            deputy = ClientLeadFactory(
                engagement=self.engagement, user=StpLeadFactory(), is_signatory=False, deputy_for=lead, position=len(self.leads)
            )
            self.deputies[lead.pk] = deputy.user

    def submit(self):
        return actions.submit_engagement(engagement=self.engagement, values={}, by=self.by)

    def decisions(self, outcome=DecisionOutcome.AGREED, posts=None):
        """Return posts that decide, for each signatory in turn, half of them by a deputy where there is one."""
        shown = waiting_version(self.engagement).content_hash
        values = {"outcome": outcome, "comment": "Say more.", "section": "people", "content_hash": shown}
        made = []
        for number in range(posts or self.size.posts):
            lead = self.leads[number % len(self.leads)]
            is_second = (number // len(self.leads)) % 2
            by = self.deputies.get(lead.pk, lead.user) if is_second else lead.user
            made.append((str(outcome), lambda lead=lead, by=by: actions.decide_version(lead=lead, values=values, by=by)))
        return made

    def times(self, kind, work, posts):
        return [(kind, work)] * posts


def send(review, posts):
    """Post everything from all threads, in an order that is mixed the same way each time; return what was answered."""
    random.Random(8).shuffle(posts)  # noqa: S311 - an order, not a secret
    threads = min(review.size.threads, len(posts))

    def work(number):
        return [(kind, _answer(post)) for kind, post in posts[number::threads]]

    return Counter(answer for answers in in_parallel(work, threads) for answer in answers)


def _answer(post):
    try:
        post()
    except ActionRefused:
        return "refused"
    except Exception as error:  # noqa: BLE001 - whatever else breaks is what the drill looks for
        return f"broke off: {error!r}"
    return "done"


def faults(review, answers):
    """Return what must never be, whoever came first."""
    engagement = reread(review.engagement)
    changes = list(StatusChange.objects.filter(engagement=engagement).order_by("pk"))
    decisions = list(Decision.objects.filter(version__engagement=engagement).order_by("pk"))
    version = waiting_version(engagement)
    statuses = [S.CO_DESIGN, *(S(change.to_status) for change in changes)]
    counted = sum(answers[str(outcome), "done"] for outcome in DecisionOutcome)
    is_agreed = version is not None and version.outcome == VersionOutcome.AGREED
    signing = {lead.pk for lead in engagement.client_leads.current() if lead.is_signatory}
    agreed = {said.client_lead_id for said in decisions if said.outcome == DecisionOutcome.AGREED}
    held = {
        "every post is answered": not [answer for _, answer in answers if answer not in ("done", "refused")],
        "every move is legal": all(to in NEXT_STATUSES[came_from] for came_from, to in pairwise(statuses)),
        "the moves follow on each other": [change.from_status for change in changes] == statuses[:-1],
        "the status is where they lead": engagement.status == statuses[-1],
        "each signatory counts once": len({said.client_lead_id for said in decisions}) == len(decisions),
        "each decision told as taken is there": counted == len(decisions),
        "a version waits in review alone": (engagement.status == S.IN_REVIEW)
        == (version is not None and version.outcome == VersionOutcome.WAITING),
        "one move to agreed, for an agreed version alone": statuses.count(S.AGREED) == int(is_agreed),
        "all who sign have agreed to an agreed version": not is_agreed or signing <= agreed,
        "one file for an agreed version alone": BriefFile.objects.filter(version__engagement=engagement).count()
        == int(is_agreed),
    }
    return [what for what, is_so in held.items() if not is_so]


@contextmanager
def quiet(*, is_printed=False):
    """Send no mail, and print a signed brief only where that is wanted; tell how often one was printed."""
    with ExitStack() as stack:
        stack.enter_context(mock.patch.object(tasks.send_message, "run"))
        how = {"wraps": documents.render_signed} if is_printed else {"return_value": b"%PDF-1.7 printed once"}
        yield stack.enter_context(mock.patch.object(documents, "render_signed", **how))


def agreements(size, *, is_printed=False):
    """Let everybody agree many times, signatories and deputies alike."""
    with quiet(is_printed=is_printed) as printed:
        review = Review(size, with_deputies=True)
        review.submit()
        answers = send(review, review.decisions())
    wrong = faults(review, answers)
    wrong += ["each signatory is counted"] if answers["agreed", "done"] != size.signatories else []
    wrong += ["the plan is agreed"] if reread(review.engagement).status != S.AGREED else []
    wrong += ["the brief is printed once"] if printed.call_count != 1 else []
    return Outcome(f"{size.posts} agreements for {size.signatories} signatories", size.posts, answers, wrong)


def agreements_in_order(size):
    """Let everybody agree many times where they sign one after the other."""
    with quiet():
        review = Review(size, signing_order=SigningOrder.IN_ORDER)
        review.submit()
        answers = send(review, review.decisions())
    taken = list(Decision.objects.filter(version__engagement=review.engagement).order_by("pk").values_list("number", flat=True))
    wrong = faults(review, answers)
    wrong += ["they sign in their order"] if not taken or taken != list(range(1, len(taken) + 1)) else []
    return Outcome(f"{size.posts} agreements in a set order", size.posts, answers, wrong)


def agreements_against_changes(size):
    """Let half of the posts agree, and half ask for changes."""
    half = size.posts // 2
    with quiet():
        review = Review(size)
        review.submit()
        answers = send(review, review.decisions(posts=half) + review.decisions(DecisionOutcome.CHANGES_WANTED, posts=half))
    wanted = list(Decision.objects.filter(version__engagement=review.engagement).order_by("pk").values_list("outcome", flat=True))
    wrong = faults(review, answers)
    wrong += ["the first wish for changes ends it"] if DecisionOutcome.CHANGES_WANTED in wanted[:-1] else []
    wrong += ["the plan is agreed or back"] if reread(review.engagement).status not in (S.AGREED, S.CO_DESIGN) else []
    return Outcome(f"{half} agreements against {half} wishes for changes", 2 * half, answers, wrong)


def recalls_against_agreements(size):
    """Let the consultant recall the plan while everybody agrees."""
    half = size.posts // 2
    with quiet():
        review = Review(size)
        review.submit()
        recalls = review.times("recall", lambda: actions.recall_engagement(engagement=review.engagement, by=review.by), half)
        answers = send(review, review.decisions(posts=half) + recalls)
    recalled, agreed = answers["recall", "done"], answers["agreed", "done"]
    wrong = faults(review, answers)
    wrong += (
        ["recalled once with no decision, or not at all"] if (recalled, agreed) not in ((1, 0), (0, size.signatories)) else []
    )
    return Outcome(f"{half} recalls against {half} agreements", 2 * half, answers, wrong)


def withdrawals_against_agreements(size):
    """Let the consultant withdraw the engagement while everybody agrees."""
    half = size.posts // 2
    with quiet():
        review = Review(size)
        review.submit()
        withdrawals = review.times(
            "withdraw",
            lambda: actions.withdraw_engagement(engagement=review.engagement, values={"reason": REASON}, by=review.by),
            half,
        )
        answers = send(review, review.decisions(posts=half) + withdrawals)
    wrong = faults(review, answers)
    wrong += ["withdrawn once"] if answers["withdraw", "done"] != 1 else []
    wrong += ["it stays withdrawn"] if reread(review.engagement).status != S.WITHDRAWN else []
    return Outcome(f"{half} withdrawals against {half} agreements", 2 * half, answers, wrong)


def removals_against_agreements(size):
    """Let the consultant take signatories off the plan while they agree."""
    half = size.posts // 2
    with quiet():
        review = Review(size)
        review.submit()
        leaving = (review.leads * half)[:half]
        removals = [("remove", lambda lead=lead: actions.remove_client_lead(lead=lead, by=review.by)) for lead in leaving]
        answers = send(review, review.decisions(posts=half) + removals)
    decided = Decision.objects.filter(version__engagement=review.engagement)
    gone_before = {lead.pk: lead.removed_at for lead in review.engagement.client_leads.filter(removed_at__isnull=False)}
    late = [said for said in decided if said.client_lead_id in gone_before and said.at > gone_before[said.client_lead_id]]
    wrong = faults(review, answers)
    wrong += ["nobody decides who has left"] if late else []
    wrong += ["somebody has agreed"] if not decided else []
    return Outcome(f"{half} removals against {half} agreements", 2 * half, answers, wrong)


def submissions(size):
    """Submit one plan many times."""
    with quiet():
        review = Review(size)
        answers = send(review, review.times("submit", review.submit, size.posts // 5))
    wrong = faults(review, answers)
    wrong += ["one version"] if answers["submit", "done"] != 1 or review.engagement.versions.count() != 1 else []
    return Outcome(f"{size.posts // 5} submissions of one plan", size.posts // 5, answers, wrong)


DRILLS = (
    agreements,
    agreements_in_order,
    agreements_against_changes,
    recalls_against_agreements,
    withdrawals_against_agreements,
    removals_against_agreements,
    submissions,
)
