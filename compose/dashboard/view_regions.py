"""Who buys, and where."""
import streamlit as st

from dashboard_parts import GREEN, ORANGE, by_month, cards, ranking, table
from formats import count, money, percent, score
from metric_queries import MAXIMUM_BARS, Selection, kpis, kpis_by


def show(warehouse, selection: Selection) -> None:
    st.title("Customers and regions")
    cards(kpis(warehouse, selection), None, ["customers", "repeat_rate", "average_order_value", "revenue"])
    months = kpis_by(warehouse, selection, "month_start")
    left, right = st.columns(2)
    with left:
        by_month(months, "customers", "Customers by month")
    with right:
        by_month(months, "repeat_customers", "Repeat customers by month", color=ORANGE)
    states = sorted(kpis_by(warehouse, selection, "customer_state"), key=lambda row: (-row["revenue"], row["customer_state"]))
    ranking(states, "customer_state", "orders", "Orders by state", MAXIMUM_BARS, color=GREEN)
    st.subheader("States")
    table(states, {
        "customer_state": ("State", None), "revenue": ("Revenue", money), "orders": ("Orders", count), "customers": ("Customers", count),
        "average_order_value": ("Average order value", money), "repeat_rate": ("Repeat rate", percent),
        "on_time_rate": ("On-time rate", percent), "average_review_score": ("Review score", score)})
