"""Documents of what was measured and learned: charts and the evaluation report."""

from evaluation.documents.charts import Chart, chart_of
from evaluation.documents.compose import load_report, load_report_together
from evaluation.documents.render import render_report, report_html
from evaluation.documents.report import Account, Done, Measured, Report, Use

__all__ = [
    "Account",
    "Chart",
    "Done",
    "Measured",
    "Report",
    "Use",
    "chart_of",
    "load_report",
    "load_report_together",
    "render_report",
    "report_html",
]
