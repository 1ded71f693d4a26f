"""A warehouse with marts and control tables as dashboards find it, and the KPIs by queries that owe nothing to the metric marts."""
import json
import pathlib
import sys

from dbt_shop import Shop
from dbt_warehouse import Warehouse
from pipeline import ROOT

sys.path.insert(0, str(ROOT / "compose" / "dashboard"))

SECRET = "rua secreta 12"
OPS_TABLES = [
    "create table ecom.ops.runs (run varchar, kind varchar, started_at timestamp, finished_at timestamp, status varchar,"
    " exit_status integer, dbt_hash varchar, details json)",
    "create table ecom.ops.checks (run varchar, check_name varchar, status varchar, details json, checked_at timestamp)",
    "create table ecom.ops.rejects (dataset varchar, contract_version varchar, delivery varchar, line bigint, row json, raw varchar,"
    " raw_base64 varchar, errors json, _delivery varchar, _source_file varchar, _source_sheet varchar, _source_row bigint)",
    "insert into ecom.ops.runs values ('r1', 'marts', '2026-11-02 06:00:00', '2026-11-02 06:01:00', 'ok', 0, 'h', null),"
    " ('r1', 'pipeline', '2026-11-02 05:50:00', '2026-11-02 06:02:00', 'degraded', 65, null, null)",
    "insert into ecom.ops.checks values ('r1', 'test.ecom.good', 'pass', null, '2026-11-02 06:01:00'),"
    " ('r1', 'test.ecom.orders_are_odd', 'fail', null, '2026-11-02 06:01:00')",
]


def make_warehouse(folder: pathlib.Path) -> Warehouse:
    """The sample shop of the first day, its marts built by dbt, with two refused rows and one quarantined delivery."""
    shop = Shop(folder)
    shop.day(1)
    warehouse = shop.warehouse
    errors = [
        {"field": "price", "code": "parse.decimal", "rule": "DECIMAL(12,2)", "value": SECRET, "message": "is no number", "cell": "Sheet1!F7"},
        {"field": "seller_id", "code": "required", "rule": None, "value": None, "message": "is missing", "cell": "Sheet1!D7"}]
    with warehouse.connect() as connection:
        for statement in OPS_TABLES:
            connection.execute(statement)
        [(delivery, path)] = connection.execute(
            "select delivery, drive_path from ecom.ops.deliveries where dataset = 'order_items' order by drive_path limit 1").fetchall()
        connection.execute("update ecom.ops.deliveries set rows_read = 100, rows_landed = 98, rows_rejected = 0, rows_duplicate = 0")
        connection.execute("update ecom.ops.deliveries set rows_rejected = 2 where delivery = ?", [delivery])
        for number, reasons in ((7, errors), (9, errors[1:])):
            connection.execute(
                "insert into ecom.ops.rejects values ('order_items', '1.0.0', ?, ?, ?, null, null, ?, ?, ?, 'Sheet1', ?)",
                [delivery, number, json.dumps({"price": SECRET}), json.dumps(reasons), delivery, path, number])
    warehouse.deliver("sellers", "Odd <b>sellers</b>.xlsx", "2026-11-02 00:00:00", "2026-11-02 00:00:00", [], "quarantined")
    with warehouse.connect() as connection:
        connection.execute("update ecom.ops.deliveries set reason = '<script>alert(1)</script>' where status = 'quarantined'")
    warehouse.must("run", "--quiet")
    return warehouse


def text_list(values) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


def direct_kpis(connection, first=None, last=None, states=(), categories=(), schema="ecom.marts") -> dict:
    """The KPIs straight from facts and dimensions, by their definitions in words."""
    period = f"and d.month_key between {first} and {last}" if first is not None else ""
    place = f"and coalesce(c.customer_state, 'unknown') in ({text_list(states)})" if states else ""
    kind = f"and p.product_category_name_english in ({text_list(categories)})" if categories else ""
    items = (
        f"from {schema}.fct_order_items i join {schema}.dim_date d on i.purchase_date_key = d.date_key"
        f" join {schema}.dim_customer c on i.customer_key = c.customer_key join {schema}.dim_product p on i.product_key = p.product_key"
        f" where true {period} {place} {kind}")
    holds = f"and o.order_id in (select i.order_id {items})" if categories else ""
    orders = (
        f"from {schema}.fct_orders o join {schema}.dim_date d on o.purchase_date_key = d.date_key"
        f" join {schema}.dim_customer c on o.customer_key = c.customer_key where true {period} {place} {holds}")
    reviews = (
        f"from {schema}.fct_order_reviews o join {schema}.dim_date d on o.purchase_date_key = d.date_key"
        f" join {schema}.dim_customer c on o.customer_key = c.customer_key where true {period} {place} {holds}")

    def one(sql):
        return connection.execute(sql).fetchone()[0]

    revenue = one(f"select coalesce(sum(i.price), 0) {items} and i.counts_as_revenue")
    freight = one(f"select coalesce(sum(i.freight_value), 0) {items} and i.counts_as_revenue")
    paying = one(f"select count(*) {orders} and o.counts_as_revenue")
    judged = one(f"select count(o.is_on_time) {orders}")
    people = one(f"select count(distinct c.customer_unique_id) {orders} and c.customer_key <> 'unknown'")
    repeat = one(f"select count(distinct c.customer_unique_id) {orders} and c.customer_key <> 'unknown' and o.customer_order_number > 1")
    return {
        "revenue": revenue, "orders": one(f"select count(*) {orders}"), "average_order_value": float(revenue) / paying if paying else None,
        "freight_share": float(freight) / float(revenue + freight) if revenue + freight else None, "customers": people,
        "repeat_rate": repeat / people if people else None, "average_review_score": one(f"select avg(o.review_score) {reviews}"),
        "on_time_rate": one(f"select count(*) {orders} and o.is_on_time") / judged if judged else None}


def written(values: dict) -> dict[str, str]:
    """KPIs as people read them, by title."""
    from formats import KPIS

    return {title: write(values[name]) for name, title, write, _ in KPIS}
