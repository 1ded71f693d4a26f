"""One HTML page that needs nothing else: KPIs, charts, what the run did, what was refused and where it stands."""
import html

import quality_queries as quality
from formats import KPIS, NOTHING, count, moment, money, percent, score
from metric_queries import MAXIMUM_BARS, Selection, categories, kpis, kpis_by, ratio, review_scores
from svg_charts import by_month, ranking

MAXIMUM_REJECT_ROWS = 200
MAXIMUM_DELIVERY_ROWS = 200
# Longer texts are cut in tables: a page of refused rows stays small.
MAXIMUM_CELL = 120
BLUE, ORANGE, GREEN = "#2a6fbb", "#d9822b", "#2f8f5b"
STYLE = """
:root { color-scheme: light; --ink: #1c2733; --quiet: #5b6b7c; --line: #dbe2ea; --paper: #fff; --back: #f4f7fa; }
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; background: var(--back); color: var(--ink); font: 16px/1.45 system-ui, sans-serif; }
main { max-width: 1100px; margin: 0 auto; }
h1 { font-size: 1.5rem; margin: 0.2em 0; } h2 { font-size: 1.15rem; margin: 1.6em 0 0.5em; }
p.quiet, p.empty, .cards small { color: var(--quiet); }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; }
.cards div, figure, .table { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; padding: 12px; }
.cards b { display: block; font-size: 1.35rem; overflow-wrap: anywhere; } .cards small { display: block; font-size: 0.78rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)); gap: 12px; }
figure { margin: 0; } figcaption { font-weight: 600; margin-bottom: 6px; } svg { width: 100%; height: auto; display: block; }
svg text { font: 12px system-ui, sans-serif; fill: var(--quiet); } svg .grid { stroke: var(--line); }
.table { overflow-x: auto; padding: 0; } table { border-collapse: collapse; width: 100%; font-size: 0.86rem; }
th, td { text-align: left; padding: 6px 10px; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: anywhere; } td.number, th.number { text-align: right; white-space: nowrap; } td.long { min-width: 18em; }
.bad { color: #a12622; font-weight: 600; }
@media (max-width: 640px) {
  body { padding: 10px; } .cards { grid-template-columns: 1fr 1fr; } .cards b { font-size: 1.15rem; } svg text { font-size: 18px; }
  /* A table's row becomes a block of its own, each value beside its title. */
  thead { display: none; } tr { display: block; padding: 8px 10px; border-bottom: 1px solid var(--line); }
  td, td.number, td.long { display: grid; grid-template-columns: 6.5em 1fr; text-align: left; padding: 1px 0; border: 0; white-space: normal; min-width: 0; }
  td::before { content: attr(data-title); color: var(--quiet); }
}
"""


def cell(value, write=None) -> str:
    if write is not None:
        return write(value)
    text = NOTHING if value is None else str(value)
    return text if len(text) <= MAXIMUM_CELL else text[:MAXIMUM_CELL - 1] + "…"


def table(rows: list[dict], columns: list[tuple]) -> str:
    """Rows as a table. Columns are (name, title), (name, title, how a number is written) or (name, title, "long") for prose."""
    if not rows:
        return '<p class="empty">None.</p>'

    def kind(column: tuple) -> str:
        return "" if len(column) < 3 else " class=long" if column[2] == "long" else " class=number"

    def text(row: dict, column: tuple) -> str:
        return html.escape(cell(row[column[0]], column[2] if len(column) > 2 and callable(column[2]) else None))

    head = "".join(f"<th{kind(column)}>{html.escape(column[1])}</th>" for column in columns)
    lines = [
        "<tr>" + "".join(f'<td{kind(column)} data-title="{html.escape(column[1])}">{text(row, column)}</td>' for column in columns) + "</tr>"
        for row in rows]
    return f'<div class="table"><table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def kpi_section(warehouse) -> str:
    if not warehouse.has("marts", "mart_order_metrics"):
        return '<h2>KPIs</h2><p class="empty">The marts have not been built: this run\'s log says why.</p>'
    everything = Selection()
    now = kpis(warehouse, everything)
    cards = "".join(
        f"<div><span>{html.escape(title)}</span><b id=\"{name}\">{html.escape(write(now[name]))}</b><small>{html.escape(meaning)}</small></div>"
        for name, title, write, meaning in KPIS)
    months = kpis_by(warehouse, everything, "month_start")
    states = sorted(kpis_by(warehouse, everything, "customer_state"), key=lambda row: -row["revenue"])[:MAXIMUM_BARS]
    kinds = categories(warehouse, everything)[:MAXIMUM_BARS]

    def track(name: str) -> list[tuple]:
        return [(f"{row['month_start']:%y-%m}", None if row[name] is None else float(row[name])) for row in months]

    charts = [
        by_month("Revenue by month", track("revenue"), money, BLUE),
        by_month("Orders by month", track("orders"), count, GREEN),
        ranking("Revenue by state", [(row["customer_state"], float(row["revenue"])) for row in states], money, BLUE),
        ranking("Revenue by category", [(row["category"], float(row["revenue"])) for row in kinds], money, GREEN),
        by_month("On-time rate by month", track("on_time_rate"), percent, GREEN, line=True),
        by_month("Review score by month", track("average_review_score"), score, ORANGE, line=True),
        ranking(
            "Reviews by score", [(f"{row['review_score']} points", float(row["reviews"])) for row in review_scores(warehouse, everything)],
            count, ORANGE),
        by_month("Repeat customers by month", track("repeat_customers"), count, ORANGE),
    ]
    return f'<h2>KPIs</h2><div class="cards">{cards}</div><h2>Over time and by group</h2><div class="charts">{"".join(charts)}</div>'


def run_section(warehouse, steps: list[dict], loaded: list[dict]) -> str:
    """What the run did: its steps, the deliveries it loaded, the checks that failed."""
    fresh = quality.freshness(warehouse)
    parts = [
        "<h2>This run</h2>",
        f'<p>Rows last loaded {html.escape(moment(fresh["loaded_at"]))}; marts last built {html.escape(moment(fresh["built_at"]))}. '
        f'{count(fresh["current_deliveries"])} deliveries are current, {count(fresh["quarantined"])} quarantined, {count(fresh["failed"])} failed.</p>']
    parts += [
        f'<p class="bad">The check {html.escape(check["check_name"])} says {html.escape(check["status"])}.</p>'
        for check in quality.failed_checks(warehouse)]
    parts.append(table(steps, [("step", "Step"), ("seconds", "Seconds", lambda value: f"{value:.1f}"), ("exit_status", "Exit status", count)]))
    deliveries = [
        {"dataset": line.get("dataset"), "file": (line.get("file") or {}).get("drive_path"), "status": (line.get("load") or {}).get("status"),
         "rows": (line.get("load") or {}).get("rows") or 0, "reason": (line.get("load") or {}).get("reason") or NOTHING} for line in loaded[:MAXIMUM_DELIVERY_ROWS]]
    parts.append("<h2>Deliveries of this run</h2>")
    parts.append(
        table(deliveries, [("dataset", "Dataset"), ("file", "File"), ("status", "Status"), ("rows", "Rows", count), ("reason", "Why", "long")])
        if deliveries else '<p class="empty">Nothing was new.</p>')
    aside = quality.set_aside(warehouse)
    if aside:
        parts.append("<h2>Files whose newest version does not count</h2>")
        parts.append(table(aside, [
            ("dataset", "Dataset"), ("file", "File"), ("status", "Status"), ("rows_instead", "Rows of an older version", count), ("reason", "Why", "long")]))
    return "".join(parts)


def reject_section(warehouse) -> str:
    fresh = quality.freshness(warehouse)
    if not warehouse.has("ops", "reject_reasons"):
        return ""
    rows = [{**row, "place": (row["cell"] or NOTHING).rpartition("!")[2]} for row in quality.rejects(warehouse)]
    share = percent(ratio(fresh["rows_rejected"], fresh["rows_read"]))
    more = f" The first {MAXIMUM_REJECT_ROWS} reasons are listed." if len(rows) > MAXIMUM_REJECT_ROWS else ""
    return (
        f'<h2>Refused rows</h2><p>{count(fresh["rows_rejected"])} of {count(fresh["rows_read"])} rows were refused ({share}).{more} '
        "What the rows said is in the warehouse (ops.rejects), not here.</p>"
        + table(quality.reject_counts(warehouse), [
            ("dataset", "Dataset"), ("field", "Column"), ("code", "Reason"), ("row_count", "Rows", count), ("message", "Meaning", "long")])
        + "<h2>Where they stand</h2>"
        + table(rows[:MAXIMUM_REJECT_ROWS], [
            ("file", "File"), ("sheet", "Sheet"), ("row_number", "Row", count), ("place", "Cell", str), ("field", "Column"),
            ("code", "Reason"), ("message", "Meaning", "long")]))


def page(warehouse, run: str, steps: list[dict], loaded: list[dict]) -> str:
    """The whole page. Everything that came from data is escaped; the policy forbids the page to load anything."""
    body = kpi_section(warehouse)
    if warehouse.has("ops", "deliveries"):
        body += run_section(warehouse, steps, loaded) + reject_section(warehouse)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Sluice: {html.escape(run)}</title><style>{STYLE}</style></head><body><main>"
        f'<h1>The business at a glance</h1><p class="quiet">Run {html.escape(run)}</p>{body}'
        '<p class="quiet">Written by Sluice. KPIs are defined in compose/dbt/macros/kpis.sql; compose/dashboard shows them with filters.</p>'
        "</main></body></html>\n")
