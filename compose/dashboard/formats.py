"""How numbers are written for people: the same on every page, in the HTML report and in the tests."""

NOTHING = "–"


def count(value) -> str:
    return NOTHING if value is None else f"{int(value):,}"


def money(value) -> str:
    return NOTHING if value is None else f"R$ {float(value):,.2f}"


def percent(value) -> str:
    return NOTHING if value is None else f"{float(value) * 100:.1f} %"


def score(value) -> str:
    return NOTHING if value is None else f"{float(value):.2f}"


def days(value) -> str:
    return NOTHING if value is None else f"{float(value):.1f}"


def moment(value) -> str:
    return NOTHING if value is None else f"{value:%Y-%m-%d %H:%M} UTC"


# The KPIs in the order in which a manager reads them: name in mart_kpis, title, format, meaning.
KPIS = [
    ("revenue", "Revenue", money, "Price without freight, over orders neither canceled nor unavailable."),
    ("orders", "Orders", count, "All orders, whatever their status."),
    ("average_order_value", "Average order value", money, "Revenue divided by the orders that make revenue."),
    ("freight_share", "Freight share", percent, "Freight divided by revenue and freight."),
    ("customers", "Customers", count, "People with an order."),
    ("repeat_rate", "Repeat rate", percent, "People with an order that is not their first, over people with an order."),
    ("average_review_score", "Review score", score, "Average over all reviews that give a score, 1 to 5."),
    ("on_time_rate", "On-time rate", percent, "Delivered on or before the promised day, over delivered orders of which both days are known."),
]
