"""Whether parcels come when promised, and what customers say."""
import streamlit as st

from dashboard_parts import GREEN, ORANGE, by_month, cards, ranking
from formats import days
from metric_queries import MAXIMUM_BARS, Selection, kpis, kpis_by, review_scores


def show(warehouse, selection: Selection) -> None:
    st.title("Delivery and reviews")
    now = kpis(warehouse, selection)
    cards(now, None, ["on_time_rate", "average_review_score", "orders"], columns=3)
    st.metric("Days to deliver", days(now["days_to_deliver"]), help="From purchase to delivery, over orders that arrived.", border=True)
    months = kpis_by(warehouse, selection, "month_start")
    left, right = st.columns(2)
    with left:
        by_month([row for row in months if row["on_time_rate"] is not None], "on_time_rate", "On-time rate by month", "line", ".0%", GREEN)
        by_month([row for row in months if row["days_to_deliver"] is not None], "days_to_deliver", "Days to deliver by month", "line", ".1f", ORANGE)
    with right:
        by_month([row for row in months if row["average_review_score"] is not None], "average_review_score", "Review score by month", "line", ".2f")
        ranking(review_scores(warehouse, selection), "review_score", "reviews", "Reviews by score", MAXIMUM_BARS)
