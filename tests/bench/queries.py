"""How many queries each page takes (F9), counted as `make test` counts them."""

from django.db import transaction

from core import pdf
from tests.bench.side_by_side import note, say
from tests.query_budget import BUDGET
from tests.test_query_budget import FEW, MANY, counts_with


def run():
    """Print the queries of every page for one row of everything and for fifty."""
    render, pdf.render_pdf = pdf.render_pdf, lambda *args, **kwargs: b"%PDF"
    found = {}
    try:
        for rows in (FEW, MANY):
            with transaction.atomic():
                found[rows] = counts_with(rows)
                transaction.set_rollback(True)
    finally:
        pdf.render_pdf = render
    say(f"{'F9 queries, session and person included':<56}{FEW:>4} row {MANY:>4} rows   at most")
    for name, limit in sorted(BUDGET.items()):
        say(f"   {name:<53}{found[FEW][name][1]:>8}{found[MANY][name][1]:>10}{limit:>10}")
    same = sum(found[FEW][name] == found[MANY][name] for name in BUDGET)
    note(f"F9 pages whose queries grow with their rows, of {len(BUDGET)}", len(BUDGET) - same, most=0, digits=0)
    say(f"F9: {same} of {len(BUDGET)} pages take as many queries for {MANY} rows as for {FEW}")
