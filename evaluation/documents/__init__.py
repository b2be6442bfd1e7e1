"""Documents of what was measured and learned: charts and the evaluation report."""

from evaluation.documents.charts import Chart, chart_of
from evaluation.documents.compose import load_report, load_report_together
from evaluation.documents.render import render_report
from evaluation.documents.report import Report

__all__ = [
    "Chart",
    "Report",
    "chart_of",
    "load_report",
    "load_report_together",
    "render_report",
]
