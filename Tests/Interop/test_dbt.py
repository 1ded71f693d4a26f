"""The dbt project on a small warehouse: three days of deliveries, exact rows."""

import json
from decimal import Decimal

import pytest
from dbt_days import DAY_2, day_one, day_three, day_two
from dbt_warehouse import Warehouse


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """The warehouse after three days, with what it held after each build."""
    warehouse = Warehouse(tmp_path_factory.mktemp("dbt"))
    seen = {}
    seen["empty results"] = warehouse.must("build")
    seen["empty"] = warehouse.marts()
    seen["manifest"] = json.loads((warehouse.folder / "target" / "manifest.json").read_text())

    day_one(warehouse)
    before = warehouse.sources()
    seen["results"] = warehouse.must("build", "--exclude-resource-type", "unit_test")
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
    other = {
        name.split(".")[2]: status
        for name, status in seen["results"].items()
        if status not in ("success", "pass", "no-op")
    }
    # Landing tables may be older than their contracts: the payment by pix and the review without a score only warn.
    assert other == {
        "source_accepted_values_lnd_order_payments_payment_type__credit_card__boleto__voucher__debit_card__not_defined": "warn",
        "source_not_null_lnd_order_reviews_review_score": "warn",
    }
    assert seen["sources unchanged"]
    assert {"model", "test"} <= {name.split(".")[0] for name in seen["results"]}


def test_kpis_are_those_counted_by_hand(days):
    warehouse, seen = days
    # o1 30.30 + o2 0.10 + o3 5.05; o4 is canceled. o1 came at the last second of the promised day, o2 a day late.
    assert seen["day 1"]["mart_kpis"] == [
        (4, 3, Decimal("35.45"), Decimal("5.50"), Decimal("11.816667"), 2, Decimal("3.500000"))
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
        Decimal("18.65"),
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
    warehouse.must("run", "--full-refresh")
    assert warehouse.marts() == seen["day 3"]


def test_as_of_rebuilds_the_marts_of_that_time(days):
    warehouse, seen = days
    schemas = "marts_schema: marts_then, staging_schema: staging_then"
    # The last millisecond before the deliveries of day 2.
    warehouse.must("run", "--vars", f"{{as_of: '2026-11-02T05:59:59.999Z', {schemas}}}")
    assert warehouse.marts("marts_then") == seen["day 1"]
    assert warehouse.marts() == seen["day 3"]


def test_as_of_must_be_a_time(days):
    warehouse, _ = days
    status, output, _ = warehouse.dbt("parse", "--vars", '{as_of: "2026-11-01\' or 1 = 1 --"}')
    assert status != 0
    assert "as_of must be a UTC time" in output


def test_datasets_that_never_came_leave_a_whole_star(days):
    _, seen = days
    assert set(seen["empty results"].values()) <= {"success", "pass", "no-op"}
    assert {"model", "test", "unit_test"} <= {name.split(".")[0] for name in seen["empty results"]}
    assert seen["empty"]["mart_kpis"][0][:5] == (0, 0, Decimal("0.00"), Decimal("0.00"), None)
    assert [row[0] for row in seen["empty"]["dim_product"]] == ["unknown"]
    # The first year of the calendar and the unknown date.
    assert len(seen["empty"]["dim_date"]) == 366 + 1
    assert seen["empty"]["fct_orders"] == []


def test_the_project_is_of_one_piece(days):
    """Contracts and described columns, no dimension hangs on a fact, nothing is staged for nobody, no snapshots."""
    _, seen = days
    nodes = seen["manifest"]["nodes"]
    models = {name: node for name, node in nodes.items() if node["resource_type"] == "model"}
    assert [node for node in nodes.values() if node["resource_type"] == "snapshot"] == []
    for name, node in models.items():
        assert node["description"], name
        assert node["columns"] and all(column["description"] for column in node["columns"].values()), name
        assert node["schema"] == ("marts" if "/marts/" in node["original_file_path"] else "staging"), name
        if node["schema"] == "marts":
            assert node["config"]["contract"]["enforced"] and node["config"]["access"] == "public", name
        if node["name"].startswith("dim_"):
            assert not any(".fct_" in parent for parent in node["depends_on"]["nodes"]), name
    # By a model, or by a test that compares it with another.
    used = set()
    for node in nodes.values():
        parents = node["depends_on"]["nodes"]
        if node["resource_type"] == "model" or len(parents) > 1:
            used.update(parents)
    assert {name for name, node in models.items() if node["schema"] == "staging"} <= used
    exposed = {parent for node in seen["manifest"]["exposures"].values() for parent in node["depends_on"]["nodes"]}
    assert exposed == {name for name, node in models.items() if node["schema"] == "marts"}
