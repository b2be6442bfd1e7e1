"""Documents of what was measured and learned: charts and the evaluation report."""

from evaluation.documents.charts import Chart, chart_of

__all__ = ["Chart", "chart_of"]
