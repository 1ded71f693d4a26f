"""scripts/provision-snowflake prints SQL for an administrator, and nothing else."""

import os
import pathlib
import subprocess

import pytest
import sqlglot

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOD = {"DATABASE": "ecom_dev", "LAKE": "abfss://lake@acct.dfs.core.windows.net/shop/", "AZURE_TENANT": "contoso.example"}


def run(**changes):
    environment = {**os.environ, **GOOD, **changes}
    return subprocess.run([ROOT / "scripts" / "provision-snowflake"], env={key: value for key, value in environment.items() if value},
                          capture_output=True, text=True)


def test_it_prints_what_an_environment_needs(tmp_path):
    key = tmp_path / "key.pub"
    key.write_text("-----BEGIN PUBLIC KEY-----\nAAAA\nBBBB\n-----END PUBLIC KEY-----\n")
    done = run(PUBLIC_KEY_FILE=str(key), ROLES="commerce_analyst AUDIT")
    assert done.returncode == 0, done.stderr
    assert all(sqlglot.parse(done.stdout, read="snowflake"))
    assert "STORAGE_ALLOWED_LOCATIONS = ('azure://acct.blob.core.windows.net/lake/shop/')" in done.stdout
    assert "RSA_PUBLIC_KEY = 'AAAABBBB'" in done.stdout
    for wanted in ("AUTO_SUSPEND = 60", "CREDIT_QUOTA = 10", "ROLE ECOM_DEV_READER", "STORAGE INTEGRATION IF NOT EXISTS ECOM_DEV_LAKE",
                   "CREATE ROLE IF NOT EXISTS COMMERCE_ANALYST;", "GRANT USAGE ON DATABASE ECOM_DEV TO ROLE AUDIT;"):
        assert wanted in done.stdout


@pytest.mark.parametrize("changes", [
    {"DATABASE": "x; DROP DATABASE y"}, {"LAKE": "file:/lake"}, {"LAKE": "abfss://lake@acct.dfs.core.windows.net/it's"},
    {"AZURE_TENANT": ""}, {"AZURE_TENANT": "a'b"}, {"CREDITS": "many"}, {"ROLES": "A B;C"}])
def test_it_refuses_what_would_not_be_plain_sql(changes):
    done = run(**changes)
    assert done.returncode == 64 and done.stdout == ""
