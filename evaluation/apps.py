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
        from engagements.policies import register_digest_work, register_submission_check  # noqa: PLC0415 - as said above
        from evaluation.actions import MeasureWork, collect_from_delivery, end_feedback  # noqa: PLC0415 - as said above
        from evaluation.policies import due_for_digest, measure_blockers  # noqa: PLC0415 - as said above

        register_fixtures(
            Fixture("evaluation.MeasureSuggestion", key=("intervention", "position"), links={"intervention": "slug"})
        )
        register_submission_check(measure_blockers)
        register_open_work(MeasureWork())
        register_digest_work(due_for_digest)
        register_follower(collect_from_delivery)
        register_follower(end_feedback)
