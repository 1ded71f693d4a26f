"""What sells, and who sells it."""
import streamlit as st

from dashboard_parts import GREEN, cards, ranking, table
from formats import count, money, percent, score
from metric_queries import MAXIMUM_BARS, Selection, categories, kpis, sellers


def show(warehouse, selection: Selection) -> None:
    st.title("Products and sellers")
    cards(kpis(warehouse, selection), None, ["revenue", "orders", "freight_share", "average_review_score"])
    rows, best = categories(warehouse, selection), sellers(warehouse, selection)
    left, right = st.columns(2)
    with left:
        ranking(rows, "category", "revenue", "Revenue by category", MAXIMUM_BARS)
    with right:
        ranking(rows, "category", "items", "Items by category", MAXIMUM_BARS, color=GREEN)
    st.subheader("Categories")
    table(rows, {
        "category": ("Category", None), "revenue": ("Revenue", money), "freight": ("Freight", money), "items": ("Items", count),
        "orders": ("Orders", count), "average_review_score": ("Review score", score)})
    st.subheader("Sellers with the greatest revenue")
    table(best, {
        "seller_id": ("Seller", None), "seller_state": ("State", None), "revenue": ("Revenue", money), "items": ("Items", count),
        "average_review_score": ("Review score", score), "on_time_rate": ("On-time rate", percent)})
