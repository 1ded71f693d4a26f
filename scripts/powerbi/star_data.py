"""A small made-up star schema in DuckDB, with every case that tells one definition of a metric from another."""
import datetime
import random

import duckdb

from .dbt_project import Mart

ORDERS = 240
CUSTOMERS = 90
FIRST_DAY = datetime.date(2017, 11, 1)
DAYS = 150
# (makes revenue, delivered): delivered, shipped, canceled, and canceled after delivery, which is judged and makes no revenue.
STATUSES = [(True, True), (True, False), (False, False), (False, True)]


def make_star(marts: dict[str, Mart], seed: int = 1) -> duckdb.DuckDBPyConnection:
    """An in-memory database `ecom` whose schema `marts` has all dimensions and facts as dbt's contracts type them, filled.

    Raises duckdb.Error when a column that the metrics need is no longer there."""
    connection = duckdb.connect(":memory:", config={"threads": 1})
    connection.execute("attach ':memory:' as ecom")
    connection.execute("create schema ecom.marts")
    connection.execute("use ecom.marts")
    for mart in marts.values():
        if mart.name.startswith(("dim_", "fct_")):
            columns = ", ".join(f'"{name}" {kind}' for name, (kind, _) in mart.columns.items())
            connection.execute(f'create table "{mart.name}" ({columns})')
    for table, rows in made_rows(random.Random(seed)).items():
        names = ", ".join(f'"{name}"' for name in rows[0])
        values = ", ".join("(" + ", ".join(literal(value) for value in row.values()) + ")" for row in rows)
        connection.execute(f'insert into "{table}" ({names}) values {values}')
    return connection


def literal(value) -> str:
    """A made-up value in SQL."""
    if value is None:
        return "null"
    if isinstance(value, (bool, int, float)):
        return str(value).lower()
    return f"'{value}'"


def made_rows(dice: random.Random) -> dict[str, list[dict]]:
    days = [FIRST_DAY + datetime.timedelta(days=number) for number in range(DAYS)]
    dates = [
        {"date_key": int(day.strftime("%Y%m%d")), "date_day": day, "month_key": day.year * 100 + day.month,
         "month_start": day.replace(day=1)} for day in days]
    dates.append({"date_key": -1, "date_day": None, "month_key": -1, "month_start": None})
    # Two versions of some customers: one person, two keys.
    customers = [
        {"customer_key": f"{number}-{version}", "customer_unique_id": f"person {number}"}
        for number in range(CUSTOMERS) for version in range(1 + number % 2)]
    customers.append({"customer_key": "unknown", "customer_unique_id": "unknown"})
    orders, items, reviews = [], [], []
    seen: set[str] = set()
    for number in range(ORDERS):
        makes_revenue, delivered = dice.choices(STATUSES, [6, 2, 1, 1])[0]
        customer = dice.choice(customers)
        known = customer["customer_key"] != "unknown"
        person = customer["customer_unique_id"]
        date = dice.choice(dates)["date_key"] if number % 20 else -1
        order = {
            "order_id": f"order {number}", "customer_key": customer["customer_key"], "purchase_date_key": date,
            "counts_as_revenue": makes_revenue, "is_repeat_order": known and person in seen, "revenue": 0, "freight": 0,
            "is_on_time": dice.choice([True, True, False, None]) if delivered else None}
        seen.add(person)
        for position in range(dice.choice([0, 1, 1, 2, 3])):
            price, freight = dice.randint(100, 99_999), dice.randint(0, 5_000)
            item = {
                "order_item_key": f"{number} {position}", "order_id": order["order_id"], "customer_key": order["customer_key"],
                "purchase_date_key": date, "counts_as_revenue": makes_revenue, "price": price / 100, "freight_value": freight / 100,
                "revenue": price / 100 if makes_revenue else 0, "freight": freight / 100 if makes_revenue else 0}
            order["revenue"] = round(order["revenue"] + item["revenue"], 2)
            order["freight"] = round(order["freight"] + item["freight"], 2)
            items.append(item)
        orders.append(order)
        for position in range(dice.choice([0, 1, 1, 2])):
            reviews.append({
                "order_review_key": f"{number} {position}", "order_id": order["order_id"], "customer_key": order["customer_key"],
                "purchase_date_key": date, "review_score": dice.choice([None, 1, 2, 3, 4, 5, 5])})
    reviews.append({
        "order_review_key": "ghost", "order_id": "no such order", "customer_key": "unknown", "purchase_date_key": -1, "review_score": 1})
    return {"dim_date": dates, "dim_customer": customers, "fct_orders": orders, "fct_order_items": items, "fct_order_reviews": reviews}
