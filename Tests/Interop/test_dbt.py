"""The dbt project on a small warehouse: three days of deliveries, exact rows."""

import datetime
import shutil
from decimal import Decimal

import pytest
from dbt_warehouse import PROJECT, Warehouse

DAY_1, DAY_2, DAY_3 = "2017-03-01 00:00:00", "2017-09-01 12:00:00", "2018-03-01 00:00:00"
SEEN_1, SEEN_2, SEEN_3 = "2026-11-01 06:00:00", "2026-11-02 06:00:00", "2026-11-03 06:00:00"


def customer(customer_id, person, zip_code, city, state):
    return {
        "customer_id": customer_id,
        "customer_unique_id": person,
        "customer_zip_code_prefix": zip_code,
        "customer_city": city,
        "customer_state": state,
    }


def order(order_id, customer_id, status, purchased, delivered=None, estimated="2017-12-31"):
    return {
        "order_id": order_id,
        "customer_id": customer_id,
        "order_status": status,
        "order_purchase_timestamp": purchased,
        "order_delivered_customer_date": delivered,
        "order_estimated_delivery_date": estimated,
    }


def item(order_id, number, product, seller, price, freight="1.00"):
    return {
        "order_id": order_id,
        "order_item_id": number,
        "product_id": product,
        "seller_id": seller,
        "shipping_limit_date": "2017-06-30 00:00:00",
        "price": price,
        "freight_value": freight,
    }


def payment(order_id, number, kind, value):
    return {
        "order_id": order_id,
        "payment_sequential": number,
        "payment_type": kind,
        "payment_installments": 1,
        "payment_value": value,
    }


def review(review_id, order_id, score):
    return {
        "review_id": review_id,
        "order_id": order_id,
        "review_score": score,
        "review_creation_date": "2017-07-01",
        "review_answer_timestamp": "2017-07-02 08:30:00",
    }


def product(product_id, category):
    return {"product_id": product_id, "product_category_name": category, "product_weight_g": 100}


def seller(seller_id, city, state):
    return {"seller_id": seller_id, "seller_zip_code_prefix": "01000", "seller_city": city, "seller_state": state}


CUSTOMERS_1 = [
    customer("c1", "ana", "01001", "sao paulo", "SP"),
    customer("c2", "bia", "20000", "rio", "RJ"),
    customer("c3", "ana", "30000", "belo horizonte", "MG"),
    customer("c4", "caio", "40000", "salvador", "BA"),
]
ORDERS_1 = [
    order("o1", "c1", "delivered", "2017-01-10 10:05:00", "2017-01-20 23:59:59", "2017-01-20"),
    order("o2", "c2", "delivered", "2017-02-01 11:00:00", "2017-02-21 08:00:00", "2017-02-20"),
    order("o3", "c3", "shipped", "2017-06-05 12:00:00"),
    order("o4", "c4", "canceled", "2017-02-02 13:00:00"),
]
ITEMS_1 = [
    item("o1", 1, "p1", "s1", "10.10"),
    item("o1", 2, "p2", "s2", "20.20", "2.50"),
    item("o2", 1, "p1", "s1", "0.10"),
    item("o3", 1, "p3", "s2", "5.05"),
    item("o4", 1, "p3", "s1", "99.99"),
]
PRODUCTS_1 = [product("p1", "brinquedos"), product("p2", "livros"), product("p3", None)]
SELLERS_1 = [seller("s1", "campinas", "SP"), seller("s2", "niteroi", "RJ")]


def day_one(warehouse):
    def deliver(dataset, rows):
        warehouse.deliver(dataset, f"{dataset}.xlsx", DAY_1, SEEN_1, rows)

    deliver("customers", CUSTOMERS_1)
    deliver("orders", ORDERS_1)
    deliver("order_items", ITEMS_1)
    deliver("order_payments", [payment("o1", 1, "credit_card", "30.30"), payment("o2", 1, "pix", "1.10")])
    deliver("order_reviews", [review("r1", "o1", 5), review("r1", "o2", 2), review("r2", "o3", None)])
    deliver("products", PRODUCTS_1)
    deliver("sellers", SELLERS_1)
    deliver(
        "product_category_name_translation",
        [{"product_category_name": "brinquedos", "product_category_name_english": "toys"}],
    )


def day_two(warehouse):
    """Attributes change in the middle of the orders, rows vanish, orders arrive, one delivery is set aside."""

    def deliver(dataset, rows, status="current"):
        warehouse.deliver(dataset, f"{dataset}.xlsx", DAY_2, SEEN_2, rows, status)

    deliver("products", [product("p1", "jogos"), product("p3", None)])
    deliver("sellers", [seller("s1", "sao paulo", "SP"), seller("s2", "niteroi", "RJ")])
    deliver(
        "customers",
        [row for row in CUSTOMERS_1 if row["customer_id"] != "c4"] + [customer("c5", "bia", "20000", "rio", "RJ")],
    )
    deliver(
        "orders",
        [
            *ORDERS_1[:2],
            order("o3", "c3", "delivered", "2017-06-05 12:00:00", "2017-06-10 00:00:00", "2017-06-11"),
            ORDERS_1[3],
            order("o5", "c5", "created", "2017-09-01 12:00:00"),
            order("o6", "c5", "unavailable", "2017-09-01 11:59:59"),
        ],
    )
    deliver("order_items", ITEMS_1 + [item("o5", 1, "p1", "s1", "7.00"), item("o6", 1, "p1", "s1", "8.00")])
    deliver("order_payments", [payment("o1", 1, "voucher", "99.00")], status="quarantined")


def day_three(warehouse):
    """A product returns, a second file speaks of another, orders and items vanish, a file is deleted."""
    warehouse.deliver("products", "products.xlsx", DAY_3, SEEN_3, [product("p1", "jogos"), product("p2", "livros")])
    warehouse.deliver("products", "more/products.xlsx", "2018-02-01 00:00:00", SEEN_3, [product("p3", "brinquedos")])
    second = [product("p1", "jogos e mais")]
    warehouse.deliver("products", "more/products.xlsx", "2018-04-01 00:00:00", "2026-11-03 07:00:00", second)
    orders = [ORDERS_1[0], order("o5", "c5", "shipped", "2017-09-01 12:00:00")]
    warehouse.deliver("orders", "orders.xlsx", DAY_3, SEEN_3, orders)
    items = [*ITEMS_1[:2], item("o5", 1, "p1", "s1", "7.00")]
    warehouse.deliver("order_items", "order_items.xlsx", DAY_3, SEEN_3, items)
    warehouse.deliver("order_reviews", "order_reviews.xlsx", DAY_3, SEEN_3, [], status="deleted")


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """The warehouse after three days, with what it held after each build."""
    warehouse = Warehouse(tmp_path_factory.mktemp("dbt"))
    seen = {}
    day_one(warehouse)
    before = warehouse.sources()
    seen["results"] = warehouse.must("build")
    seen["sources unchanged"] = warehouse.sources() == before
    seen["day 1"] = warehouse.marts()
    seen["stored"] = stored_rows(warehouse)
    warehouse.must("run")
    seen["day 1 again"] = warehouse.marts()
    seen["stored again"] = stored_rows(warehouse)

    day_two(warehouse)
    warehouse.must("run")
    seen["day 2"] = warehouse.marts()
    for entity, attribute in (("product", "product_category_name"), ("seller", "seller_city")):
        seen[f"{entity} on day 2"] = versions(warehouse, entity, f"{entity}_id", attribute)
    seen["customer on day 2"] = versions(warehouse, "customer", "customer_unique_id", "customer_city")
    seen["items on day 2"] = items_with_versions(warehouse)
    shutil.copy(warehouse.path, warehouse.folder / "day2.duckdb")

    day_three(warehouse)
    warehouse.must("build", "--exclude-resource-type", "unit_test")
    seen["day 3"] = warehouse.marts()
    return warehouse, seen


def stored_rows(warehouse):
    """The facts with the places they are stored at: a row that is written again gets another."""
    return {
        table: warehouse.rows(f"select rowid, * from ecom.marts.{table} order by all")
        for table in ("fct_orders", "fct_order_items", "fct_order_payments", "fct_order_reviews")
    }


def versions(warehouse, entity, key, attribute):
    """(business key, attribute, valid_from, valid_to) of a dimension, times without a zero hour."""
    text = "replace(strftime({}, '%Y-%m-%d %H:%M:%S'), ' 00:00:00', '')"
    return warehouse.rows(
        f"select {key}, {attribute}, {text.format('valid_from')}, {text.format('valid_to')}"
        f" from ecom.marts.dim_{entity} where {entity}_key <> 'unknown' order by {key}, valid_from"
    )


def items_with_versions(warehouse):
    return warehouse.rows(
        "select i.order_id, i.order_item_id, p.product_category_name_english, s.seller_city, c.customer_city, i.revenue"
        " from ecom.marts.fct_order_items i join ecom.marts.dim_product p using (product_key)"
        " join ecom.marts.dim_seller s using (seller_key) join ecom.marts.dim_customer c using (customer_key)"
        " order by 1, 2"
    )


def test_everything_passes_and_the_sources_are_only_read(days):
    _, seen = days
    bad = {name: status for name, status in seen["results"].items() if status not in ("success", "pass", "no-op")}
    assert bad == {}
    assert seen["sources unchanged"]
    kinds = {name.split(".")[0] for name in seen["results"]}
    assert {"model", "test", "unit_test"} <= kinds


def test_kpis_are_those_counted_by_hand(days):
    warehouse, seen = days
    # o1 30.30 + o2 0.10 + o3 5.05; o4 is canceled. o1 came at the last second of the promised day, o2 a day late.
    assert seen["day 1"]["mart_kpis"] == [
        (4, 3, Decimal("35.45"), Decimal("5.50"), Decimal("11.8167"), 2, Decimal("3.500000"))
        + (2, 1, Decimal("0.500000"), 3, 1, Decimal("0.333333"))
    ]
    monthly = {row[0]: (row[2], row[4]) for row in seen["day 1"]["mart_kpis_monthly"]}
    assert monthly == {
        201701: (1, Decimal("30.30")),
        201702: (2, Decimal("0.10")),
        201706: (1, Decimal("5.05")),
    }
    # Day 3 leaves o1 and o5, and no review.
    orders, revenue_orders, revenue, freight, average, reviews, score, *_ = seen["day 3"]["mart_kpis"][0]
    assert (orders, revenue_orders, revenue, freight, average) == (
        *(2, 2, Decimal("37.30"), Decimal("4.50")),
        Decimal("18.6500"),
    )
    assert (reviews, score) == (0, None)


def test_a_run_without_news_changes_no_row(days):
    _, seen = days
    assert seen["day 1 again"] == seen["day 1"]
    assert seen["stored again"] == seen["stored"]


def test_versions_are_dated_by_modification_times_and_orders(days):
    _, seen = days
    start, end = "1900-01-01", "9999-12-31"
    assert seen["product on day 2"] == [
        ("p1", "brinquedos", start, DAY_2),
        ("p1", "jogos", DAY_2, end),
        ("p2", "livros", start, DAY_2),
        ("p3", None, start, end),
    ]
    assert seen["seller on day 2"] == [
        ("s1", "campinas", start, DAY_2),
        ("s1", "sao paulo", DAY_2, end),
        ("s2", "niteroi", start, end),
    ]
    assert seen["customer on day 2"] == [
        ("ana", "sao paulo", start, "2017-06-05 12:00:00"),
        ("ana", "belo horizonte", "2017-06-05 12:00:00", end),
        ("bia", "rio", start, end),
        ("caio", "salvador", start, DAY_2),
    ]


def test_facts_point_at_the_versions_in_force_at_the_purchase(days):
    _, seen = days
    assert seen["items on day 2"] == [
        ("o1", 1, "toys", "campinas", "sao paulo", Decimal("10.10")),
        ("o1", 2, "livros", "niteroi", "sao paulo", Decimal("20.20")),
        ("o2", 1, "toys", "campinas", "rio", Decimal("0.10")),
        ("o3", 1, "unknown", "niteroi", "belo horizonte", Decimal("5.05")),
        ("o4", 1, "unknown", "campinas", "salvador", Decimal("0.00")),
        ("o5", 1, "jogos", "sao paulo", "rio", Decimal("7.00")),
        ("o6", 1, "toys", "campinas", "rio", Decimal("0.00")),
    ]


def test_a_key_returns_a_second_file_speaks_and_rows_vanish(days):
    warehouse, seen = days
    start, end = "1900-01-01", "9999-12-31"
    assert versions(warehouse, "product", "product_id", "product_category_name") == [
        ("p1", "brinquedos", start, DAY_2),
        ("p1", "jogos", DAY_2, "2018-04-01"),
        ("p1", "jogos e mais", "2018-04-01", end),
        ("p2", "livros", start, DAY_2),
        ("p2", "livros", "2018-03-01", end),
        ("p3", None, start, "2018-02-01"),
        ("p3", "brinquedos", "2018-02-01", "2018-04-01"),
    ]
    assert [row[1] for row in warehouse.rows("from ecom.marts.fct_orders order by order_id")] == ["o1", "o5"]
    assert warehouse.rows("select count(*) from ecom.marts.fct_order_reviews") == [(0,)]
    # The quarantined payments of day 2 never counted.
    assert warehouse.rows("select sum(payment_value) from ecom.marts.fct_order_payments") == [(Decimal("31.40"),)]
    assert seen["day 2"]["fct_order_payments"] == seen["day 1"]["fct_order_payments"]


def test_a_full_refresh_equals_the_incremental_builds(days):
    warehouse, seen = days
    warehouse.must("run", "--full-refresh", "--vars", "{marts_schema: marts_fresh, staging_schema: staging_fresh}")
    assert warehouse.marts("marts_fresh") == seen["day 3"]


@pytest.mark.parametrize(("moment", "day"), [("2026-11-01T06:00:00Z", "day 1"), ("2026-11-03T05:59:59.999Z", "day 2")])
def test_as_of_rebuilds_the_marts_of_that_time(days, moment, day):
    warehouse, seen = days
    schemas = "marts_schema: marts_then, staging_schema: staging_then"
    warehouse.must("run", "--vars", f"{{as_of: '{moment}', {schemas}}}")
    assert warehouse.marts("marts_then") == seen[day]
    assert warehouse.marts() == seen["day 3"]


def test_as_of_must_be_a_time(days):
    warehouse, _ = days
    status, output, _ = warehouse.dbt("parse", "--vars", "{as_of: \"2026-11-01' or 1 = 1 --\"}")
    assert status != 0
    assert "as_of must be a UTC time" in output


def test_datasets_that_never_came_leave_a_whole_star(tmp_path):
    warehouse = Warehouse(tmp_path)
    results = warehouse.must("build", "--exclude-resource-type", "unit_test")
    assert set(results.values()) <= {"success", "pass", "no-op"}
    assert warehouse.rows("select orders, revenue, average_order_value from ecom.marts.mart_kpis") == [
        (0, Decimal("0.00"), None)
    ]
    assert warehouse.rows("select count(*) from ecom.marts.dim_date") == [(367,)]
    assert warehouse.rows("select product_key from ecom.marts.dim_product") == [("unknown",)]
