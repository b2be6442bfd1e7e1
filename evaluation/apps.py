"""The evaluation app."""

from django.apps import AppConfig

from core.fixtures import Fixture, register_fixtures


class EvaluationConfig(AppConfig):
    """Measures of success and what was learned."""

    name = "evaluation"

    def ready(self) -> None:
        """Register the app's fixtures, what it asks for before a plan is submitted, and which measures wait on a person and when."""
        # Policies know models, which are loaded only now.
        from accounts.policies import register_open_work  # noqa: PLC0415 - as said above
        from engagements.actions import register_follower  # noqa: PLC0415 - as said above
        from engagements.policies import register_closing_check, register_digest_work, register_submission_check  # noqa: PLC0415 - as said above
        from evaluation import policies  # noqa: PLC0415 - as said above
        from evaluation.actions import MeasureWork, collect_from_delivery, conclude, end_feedback  # noqa: PLC0415 - as said above
        from interventions.policies import register_evidence  # noqa: PLC0415 - as said above

        register_fixtures(
            Fixture("evaluation.MeasureSuggestion", key=("intervention", "position"), links={"intervention": "slug"})
        )
        register_submission_check(policies.measure_blockers)
        register_open_work(MeasureWork())
        register_digest_work(policies.due_for_digest)
        register_digest_work(policies.new_evidence_for)
        register_digest_work(policies.learning_for_digest)
        register_follower(collect_from_delivery)
        # What feedback came to can be kept once it is closed.
        register_follower(end_feedback)
        register_follower(conclude)
        register_closing_check(policies.closing_checks, remarks=policies.closing_remarks)
        register_evidence(weights=policies.weights_of, evidence=policies.evidence_of)
