"""Defects of how a dbt project is built, planted in a copy: scripts/check-dbt must name each."""

import shutil
import subprocess

import pytest
from dbt_warehouse import PROJECT

CHECK = PROJECT.parents[1] / "scripts" / "check-dbt"
MARTS, STAGING = "models/marts", "models/staging"

# defect: (file, what stands there or None for a new file, what the defect makes of it, what check-dbt says)
DEFECTS = {
    "a dimension refers to a fact": (
        f"{MARTS}/_dimensions__models.yml",
        "      - name: payment_type_key\n",
        "      - name: payment_type\n        data_tests:\n          - relationships:\n"
        "              arguments: {to: ref('fct_order_payments'), field: payment_type_key}\n      - name: payment_type_key\n",
        "a dimension refers to a fact",
    ),
    "staging is stored as tables": (
        f"{STAGING}/stg_lnd__sellers.sql",
        "-- Sellers now",
        "{{ config(materialized='table') }}\n-- Sellers now",
        "stg_lnd__sellers is a table: staging models are views",
    ),
    "staging selects whatever is there": (
        f"{STAGING}/stg_lnd__customers.sql",
        "select\n",
        "select *,\n",
        "stg_lnd__customers selects *: staging names and types each column",
    ),
    "staging leaves types mixed": (
        f"{STAGING}/stg_lnd__orders.sql",
        "cast(order_approved_at as datetime) as approved_at",
        "order_approved_at as approved_at",
        "stg_lnd__orders does not type order_approved_at as approved_at",
    ),
    "joins repeat the folding of case": (
        f"{MARTS}/fct_order_payments.sql",
        "on payments.payment_type = payment_types.payment_type",
        "on upper(trim(payments.payment_type)) = upper(trim(payment_types.payment_type))",
        "fct_order_payments trims or folds case",
    ),
    "a staged source is never joined": (
        f"{STAGING}/stg_lnd__dead.sql",
        None,
        "select cast(1 as integer) as one\n",
        "stg_lnd__dead is read by nothing",
    ),
    "a configuration path matches no folder": (
        "dbt_project.yml",
        "    staging:\n      +materialized",
        "    dim:\n      +materialized: table\n    staging:\n      +materialized",
        "dbt_project.yml configures what does not exist: models.ecom.dim",
    ),
    "a snapshot keeps history in a fixed schema": (
        "snapshots/sellers.sql",
        None,
        "{% snapshot sellers_snapshot %}\n"
        "{{ config(target_schema='DEV', unique_key='seller_id', strategy='check', check_cols='all') }}\n"
        "select * from {{ source('lnd', 'sellers') }}\n{% endsnapshot %}\n",
        "snapshot sellers_snapshot: history comes from the deliveries",
    ),
    "a model has a schema of its own": (
        f"{MARTS}/dim_seller.sql",
        "",
        "{{ config(schema='DEV') }}\n",
        "dim_seller is built in the schema DEV",
    ),
    "a documented model does not exist": (
        f"{STAGING}/_staging__models.yml",
        "models:\n",
        "models:\n  - name: dim_payment\n    description: Payments.\n",
        "dim_payment is documented and does not exist",
    ),
    "a test depends on the day it runs": (
        "tests/no_orders_from_the_future.sql",
        None,
        "select * from {{ ref('fct_orders') }} where purchased_at > current_date\n",
        "no_orders_from_the_future reads the clock",
    ),
    "freshness warns when it fails": (
        f"{STAGING}/_lnd__sources.yml",
        "      - name: orders\n        description: ",
        "      - name: orders\n        freshness:\n          error_after: {count: 1, period: hour}\n        description: ",
        "source orders warns no earlier than it fails",
    ),
    "a source has no freshness": (
        f"{STAGING}/_lnd__sources.yml",
        "      - name: sellers\n",
        "      - name: forgotten\n      - name: sellers\n",
        "source forgotten has no freshness",
    ),
    "a test of a mart only warns": (
        f"{MARTS}/_dimensions__models.yml",
        "      - row_count: {arguments: {count: 1441}}",
        "      - row_count: {arguments: {count: 1441}, config: {severity: warn}}",
        "row_count_dim_time_1441 only warns",
    ),
    "a fact has no unit test": (
        f"{MARTS}/_marts__unit_tests.yml",
        "    model: fct_order_reviews\n",
        "    model: fct_order_items\n",
        "fct_order_reviews has no unit test",
    ),
    "a mart has no contract": (
        f"{MARTS}/fct_orders.sql",
        "    materialized='incremental',",
        "    materialized='incremental', contract={'enforced': false},",
        "fct_orders is no public model with an enforced contract",
    ),
    "nobody is said to read a mart": (
        f"{MARTS}/_exposures.yml",
        "      - ref('dim_time')\n",
        "",
        "dim_time is in no exposure",
    ),
    "a column has no description": (
        f"{MARTS}/_facts__models.yml",
        "        description: \"{{ doc('column_payment_installments') }}\"\n",
        "",
        "fct_order_payments.payment_installments has no description",
    ),
    "a model speaks the dialect of one database": (
        f"{STAGING}/stg_lnd__products.sql",
        "cast(product_id as varchar) as product_id",
        "product_id::varchar as product_id",
        "stg_lnd__products says ::v, which one of the two databases does not know",
    ),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """What check-dbt says of a project with all the defects."""
    project = tmp_path_factory.mktemp("layout") / "project"
    shutil.copytree(PROJECT, project)
    for file, sound, defect, _ in DEFECTS.values():
        path = project / file
        if sound is None:
            path.parent.mkdir(exist_ok=True)
            path.write_text(defect)
            continue
        text = path.read_text()
        assert sound in text, f"{file} no longer says {sound}: plant the defect elsewhere"
        path.write_text(text.replace(sound, defect, 1))
    done = subprocess.run([CHECK, "--project", project], capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_defect_is_named(said, defect):
    assert DEFECTS[defect][-1] in said


def test_the_project_itself_is_sound():
    done = subprocess.run([CHECK], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
