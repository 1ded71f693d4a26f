"""Defects that star schemas are known for, planted in a copy of the dbt project: its own tests must see each."""

import shutil

import pytest
from dbt_days import day_one, day_two
from dbt_warehouse import PROJECT, Warehouse

MARTS = "models/marts"

# defect: (file, what stands there, what the defect makes of it, the tests or models that must fail)
DEFECTS = {
    "an incremental fact appends everything on every run": [
        f"{MARTS}/fct_order_payments.sql",
        [
            ("incremental_strategy='delete+insert'", "incremental_strategy='append'"),
            ("{{ changed_rows('final') }}", "select * from final"),
        ],
        [
            "unique_fct_order_payments_order_payment_key",
            "same_row_count_fct_order_payments",
            "same_sum_fct_order_payments",
        ],
    ],
    "a fact joins every version of a dimension": [
        f"{MARTS}/fct_order_items.sql",
        [("and {{ valid_at(lookup_time('orders.purchased_at'), 'products') }}", "")],
        [
            "unique_fct_order_items_order_item_key",
            "same_row_count_fct_order_items",
            "point_in_time_fct_order_items_ref_dim_product",
        ],
    ],
    "a version interval is closed at both ends": [
        f"{MARTS}/fct_order_items.sql",
        [
            (
                "{{ valid_at(lookup_time('orders.purchased_at'), 'sellers') }}",
                "orders.purchased_at between sellers.valid_from and sellers.valid_to",
            )
        ],
        ["point_in_time_fct_order_items_ref_dim_seller"],
    ],
    "a surrogate key leaves the version out": [
        f"{MARTS}/dim_seller.sql",
        [("['seller_id', timestamp_text('valid_from')]", "['seller_id']")],
        ["unique_dim_seller_seller_key"],
    ],
    "history begins with the first delivery": [
        "macros/entity_versions.sql",
        [("when version_number = 1 then", "when version_number = 0 then")],
        ["sound_versions_dim_product", "sound_versions_dim_seller"],
    ],
    "a documented column does not exist": [
        f"{MARTS}/_kpis__models.yml",
        [
            (
                "      - name: month_start\n",
                "      - {name: is_current, data_type: boolean}\n      - name: month_start\n",
            )
        ],
        ["mart_kpis_monthly"],
    ],
    "a missing score becomes a zero": [
        f"{MARTS}/fct_order_reviews.sql",
        [("reviews.review_score,", "coalesce(reviews.review_score, 0) as review_score,")],
        ["in_range_fct_order_reviews_review_score"],
    ],
    "a review under two orders loses one": [
        "models/staging/stg_lnd__order_reviews.sql",
        [("['review_id', 'order_id']", "['review_id']")],
        ["every_landed_key_stg_lnd__order_reviews"],
    ],
    "revenue has freight in it": [
        f"{MARTS}/fct_orders.sql",
        [("then coalesce(items.price, 0) else", "then coalesce(items.price + items.freight_value, 0) else")],
        ["revenue_reconciles_with_landing", "same_sum_fct_order_items_revenue"],
    ],
    "the calendar has gaps": [
        f"{MARTS}/dim_date.sql",
        [("from weeks\n", "from weeks where extract(day from date_day) <> 11\n")],
        ["contiguous_days_dim_date_date_day", "relationships_fct_orders_estimated_delivery_date_key"],
    ],
    "the clock holds only minutes that were seen": [
        f"{MARTS}/dim_time.sql",
        [("from parts\n", "from parts where minute_of_hour = 0\n")],
        ["row_count_dim_time", "relationships_fct_orders_purchase_time_key"],
    ],
    "customers are told apart by order": [
        "models/intermediate/int_customers__latest.sql",
        [("    customer_id,\n    customer_unique_id,", "    customer_id,\n    customer_id as customer_unique_id,")],
        ["relationships_stg_lnd__customers_customer_unique_id"],
    ],
    "a row count compares all of history with what is there now": [
        f"{MARTS}/_dimensions__models.yml",
        [("            filter: is_current and product_key <> 'unknown'\n", "")],
        ["same_row_count_dim_product"],
    ],
    "the unknown member is missing": [
        f"{MARTS}/dim_payment_type.sql",
        [("    {{ unknown_key() }} as payment_type_key", "    'nobody' as payment_type_key")],
        ["has_unknown_member_dim_payment_type"],
    ],
}


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """The names of what failed when a project with all the defects ran twice and was tested."""
    warehouse = Warehouse(tmp_path_factory.mktemp("defects"))
    day_one(warehouse)
    day_two(warehouse)
    project = warehouse.folder / "project"
    shutil.copytree(PROJECT, project)
    for file, changes, _ in DEFECTS.values():
        text = (project / file).read_text()
        for sound, defect in changes:
            assert text.count(sound) == 1, f"{file} no longer says {sound}: plant the defect elsewhere"
            text = text.replace(sound, defect)
        (project / file).write_text(text)
    _, _, models = warehouse.dbt("run", project=project)
    warehouse.dbt("run", "--select", "fct_order_payments", project=project)
    _, output, tests = warehouse.dbt("test", "--exclude-resource-type", "unit_test", project=project)
    assert "fail" in tests.values(), output
    names = [name for name, status in {**models, **tests}.items() if status in ("fail", "error")]
    return {name.split(".")[2] for name in names}


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_defect_is_seen(failed, defect):
    _, _, expected = DEFECTS[defect]
    for name in expected:
        assert any(one.startswith(name) for one in failed), f"{name} passes"


def test_only_what_the_defects_touch_fails(failed):
    """A sound part of the project stays green beside all the defects: its tests do not fail for just any reason."""
    for name in ("unique_fct_orders_order_key", "unique_dim_product_product_key", "unique_combination_stg_lnd__orders"):
        assert not any(one.startswith(name) for one in failed)
