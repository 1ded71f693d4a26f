"""How the business does: the KPIs, and the two curves behind them."""
import streamlit as st

from dashboard_parts import GREEN, by_month, cards, ranking
from formats import KPIS
from metric_queries import MAXIMUM_BARS, Selection, categories, kpis, kpis_by


def show(warehouse, selection: Selection) -> None:
    st.title("Overview")
    now = kpis(warehouse, selection)
    before = kpis(warehouse, selection.year_before()) if selection.has_period else None
    cards(now, before if before and before["orders"] else None, [name for name, *_ in KPIS])
    months = kpis_by(warehouse, selection, "month_start")
    left, right = st.columns(2)
    with left:
        by_month(months, "revenue", "Revenue by month")
        ranking(kpis_by(warehouse, selection, "customer_state"), "customer_state", "revenue", "Revenue by state", MAXIMUM_BARS)
    with right:
        by_month(months, "orders", "Orders by month", color=GREEN)
        ranking(categories(warehouse, selection), "category", "revenue", "Revenue by category", MAXIMUM_BARS, color=GREEN)
