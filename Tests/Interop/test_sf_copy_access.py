"""Access in Snowflake as the contracts say: grants of their roles, masking policies and tags of their classifications."""

import re

import pytest
import sqlglot

import snowflake_sessions
from snowflake_lake import SnowflakeLake, statements
from sf_copy_lake import Lake

COLUMNS = """\
      - {name: city, logicalType: string, physicalType: VARCHAR, classification: confidential}
      - {name: born, logicalType: date, physicalType: DATE, classification: restricted}
      - name: income
        logicalType: number
        physicalType: DECIMAL(12,2)
        classification: Confidential
        customProperties: [{property: precision, value: 12}, {property: scale, value: 2}]
      - {name: shop, logicalType: string, physicalType: VARCHAR, classification: internal}
"""
ROLES = """\
roles:
  - {role: analyst, access: read}
  - {role: FRAUD, access: "read, unmask"}
"""
SEEN = "CASE WHEN IS_ROLE_IN_SESSION(''FRAUD'') OR IS_ROLE_IN_SESSION(''LOADER'') OR IS_ROLE_IN_SESSION(''{0}_TRANSFORMER'') THEN val ELSE "
# What the documentation of Snowflake gives as syntax, for what the grammar of others does not know.
DOCUMENTED = [
    r'CREATE MASKING POLICY IF NOT EXISTS ("[^"]+"\.){2}"[^"]+" AS \(val (?P<type>[A-Z_]+(\([\d,]+\))?)\) RETURNS (?P=type) -> '
    r"CASE WHEN IS_ROLE_IN_SESSION\('[^']+'\)( OR IS_ROLE_IN_SESSION\('[^']+'\))* THEN val ELSE ('\*\*\*'|NULL) END COMMENT = '[^']*'",
    r"CREATE TAG IF NOT EXISTS (\"[^\"]+\"\.){2}\"[^\"]+\" ALLOWED_VALUES '[a-z]+'(, '[a-z]+')* COMMENT = '[^']*'",
    r'ALTER TABLE ("[^"]+"\.){2}"[^"]+" MODIFY COLUMN "[^"]+" SET MASKING POLICY ("[^"]+"\.){2}"[^"]+"( FORCE)?',
    r"""ALTER TABLE ("[^"]+"\.){2}"[^"]+" MODIFY COLUMN "[^"]+" SET TAG ("[^"]+"\.){2}"[^"]+" = '[a-z]+'""",
    r'GRANT USAGE ON SCHEMA "[^"]+"\."[^"]+" TO ROLE "([^"]|"")+"',
    r'GRANT [A-Z]+(, [A-Z]+)* ON TABLE ("[^"]+"\.){2}"[^"]+" TO ROLE "([^"]|"")+"',
]


@pytest.fixture
def lake(snowflake, tmp_path):
    snowflake.admin("POST", "settings", {"edition": "ENTERPRISE", "roles": ""})
    lake = SnowflakeLake(snowflake, tmp_path)
    lake.contract("things", more=COLUMNS + ROLES)
    return lake


def create(lake, *options, status=0, what=None):
    """The statements about access that `--create` submits."""
    count = len(statements(lake.service))
    lake.run("--contracts", lake.contracts, "--create", *options, status=status)
    texts = [text for each in statements(lake.service)[count:] for text in (each["statement"] or "").split(";\n")]
    return [text for text in texts if re.match(what or "GRANT |CREATE MASKING|CREATE TAG|ALTER TABLE", text)]


def policies(lake):
    """The bodies of the policies by column."""
    noted = "\n".join(lake.service.admin("GET", "noted")["noted"])
    names = re.findall(rf'ALTER TABLE "{lake.database}"\."LND"\."THINGS" MODIFY COLUMN "(\w+)" SET MASKING POLICY (\S+)', noted)
    return {column: re.search(rf"NOT EXISTS {re.escape(name)} AS .* THEN val ELSE (.*) END", noted)[1] for column, name in names}


def test_a_dry_run_prints_all_of_it_and_changes_nothing(lake):
    lake.run("--contracts", lake.contracts, "--create", "--dry-run")
    printed = [line.rstrip(";") for line in lake.output.splitlines() if re.match("GRANT |CREATE MASKING|CREATE TAG|ALTER", line)]
    table, name = f'"{lake.database}"."LND"."THINGS"', f'"{lake.database}"."OPS".'
    seen = SEEN.format(lake.database).replace("''", "'")
    shown = [re.sub(r"(SLUICE_MASK_\w+)_[0-9A-F]{8}", r"\1_", line).replace(" COMMENT = 'Hides confidential and restricted columns, as the "
             "contracts classify them.'", "") for line in printed]
    tag = f"MODIFY COLUMN {{}} SET TAG {name}\"CLASSIFICATION\" = '{{}}'"
    assert shown == [
        f"CREATE TAG IF NOT EXISTS {name}\"CLASSIFICATION\" ALLOWED_VALUES 'public', 'internal', 'confidential', 'restricted' "
        "COMMENT = 'How open a column is, as its contract says.'",
        f"ALTER TABLE {table} " + tag.format('"CITY"', "confidential"),
        f"ALTER TABLE {table} " + tag.format('"BORN"', "restricted"),
        f"ALTER TABLE {table} " + tag.format('"INCOME"', "confidential"),
        f"ALTER TABLE {table} " + tag.format('"SHOP"', "internal"),
        f'CREATE MASKING POLICY IF NOT EXISTS {name}"SLUICE_MASK_VARCHAR_" AS (val VARCHAR) RETURNS VARCHAR -> {seen}\'***\' END',
        f'ALTER TABLE {table} MODIFY COLUMN "CITY" SET MASKING POLICY {name}"SLUICE_MASK_VARCHAR_"',
        f'CREATE MASKING POLICY IF NOT EXISTS {name}"SLUICE_MASK_DATE_" AS (val DATE) RETURNS DATE -> {seen}NULL END',
        f'ALTER TABLE {table} MODIFY COLUMN "BORN" SET MASKING POLICY {name}"SLUICE_MASK_DATE_"',
        f'CREATE MASKING POLICY IF NOT EXISTS {name}"SLUICE_MASK_NUMBER_12_2_" AS (val NUMBER(12,2)) RETURNS NUMBER(12,2) -> {seen}NULL END',
        f'ALTER TABLE {table} MODIFY COLUMN "INCOME" SET MASKING POLICY {name}"SLUICE_MASK_NUMBER_12_2_"',
        f'GRANT USAGE ON SCHEMA "{lake.database}"."LND" TO ROLE "ANALYST"',
        f'GRANT SELECT ON TABLE {table} TO ROLE "ANALYST"',
        f'GRANT USAGE ON SCHEMA "{lake.database}"."LND" TO ROLE "FRAUD"',
        f'GRANT SELECT ON TABLE {table} TO ROLE "FRAUD"',
    ]
    assert not lake.has_warehouse()
    for text in printed:
        assert any(re.fullmatch(each, text) for each in DOCUMENTED), text
        if text.startswith("GRANT"):
            assert isinstance(sqlglot.parse_one(text, read="snowflake"), sqlglot.exp.Grant)


def test_values_are_hidden_before_anybody_may_look_and_a_second_run_changes_nothing(lake):
    done = create(lake)
    kinds = [text.split(" ")[0] for text in done]
    assert kinds.index("GRANT") > max(place for place, kind in enumerate(kinds) if kind != "GRANT")
    assert policies(lake) == {"CITY": "'***'", "BORN": "NULL", "INCOME": "NULL"}
    assert create(lake) == [] and lake.errors == ""
    # Nobody is let into what holds raw values.
    assert not [text for text in done if '"OPS"' in text and text.startswith("GRANT")]
    line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=5, rejects=1)
    assert lake.load(line)[0]["status"] == "current"
    assert not [each for each in statements(lake.service) if re.search("GRANT .*__LOAD_", each["statement"] or "")]


def test_another_contract_gets_its_own_roles(lake):
    create(lake)
    lake.contract("other", more=COLUMNS + "roles:\n  - {role: BOSS, access: write}\n")
    done = create(lake)
    assert f'GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE "{lake.database}"."LND"."OTHER" TO ROLE "BOSS"' in done
    assert not [text for text in done if '"THINGS"' in text]
    created = [text for text in done if text.startswith("CREATE MASKING")]
    assert created and all("'BOSS'" in text and "'FRAUD'" not in text for text in created)


def test_what_differs_is_told_with_the_statement_that_mends_it(lake):
    create(lake)
    assert create(lake, "--unmask", "AUDIT", status=78) == []
    last = lake.errors.splitlines()[-1]
    assert "lnd.things.income is masked by SLUICE_MASK_NUMBER_12_2_" in last and "--evolve, or CREATE MASKING POLICY" in last
    assert last.endswith("FORCE") and "IS_ROLE_IN_SESSION('AUDIT')" in last
    done = create(lake, "--unmask", "AUDIT", "--evolve")
    assert [text.split(" ")[0] for text in done] == ["CREATE", "ALTER"] * 3 and all(text.endswith("FORCE") for text in done[1::2])
    assert create(lake, "--unmask", "audit") == []
    lake.contract("things", more=COLUMNS.replace("classification: restricted", "classification: public") + ROLES)
    assert create(lake, "--unmask", "AUDIT", status=78) == []
    assert "lnd.things.born is tagged restricted, not public: --evolve, or ALTER TABLE" in lake.errors
    assert len(create(lake, "--unmask", "AUDIT", "--evolve")) == 2
    assert "lnd.things.born is public and still masked by SLUICE_MASK_DATE_" in lake.errors and "UNSET MASKING POLICY" in lake.errors


def test_a_policy_of_somebody_else_is_left_alone(lake):
    create(lake, "--access", "none")
    lake.run("--contracts", lake.contracts, "--create", "--access", "grants")
    column = f'ALTER TABLE "{lake.database}"."LND"."THINGS" MODIFY COLUMN "CITY" SET MASKING POLICY SEC.P.THEIRS'
    snowflake_sessions.client(lake.service, snowflake_sessions.CONNECTOR + "answer = [ask(text) for text in " + repr([
        "CREATE MASKING POLICY SEC.P.THEIRS AS (v VARCHAR) RETURNS VARCHAR -> 'x'", column]) + "]")
    done = create(lake)
    assert not [text for text in done if '"CITY" SET MASKING' in text] and [text for text in done if '"BORN" SET MASKING' in text]
    assert "lnd.things.city is masked by THEIRS, which is left as it is" in lake.errors


def test_an_account_without_masking_is_told_how_to_do_without(lake):
    lake.service.admin("POST", "settings", {"edition": "STANDARD"})
    assert not [text for text in create(lake, status=78) if text.startswith("GRANT")]
    assert "Unsupported feature" in lake.errors and "Enterprise Edition" in lake.errors and "--access grants" in lake.errors
    done = create(lake, "--access", "grants")
    assert [text.split(" ")[0] for text in done] == ["GRANT"] * 4
    assert create(lake, "--access", "grants") == [] and create(lake, "--access", "none") == []


def test_a_role_that_is_missing_keeps_no_other_out(lake):
    lake.service.admin("POST", "settings", {"roles": "LOADER,FRAUD"})
    create(lake)
    assert 'TO ROLE "ANALYST": ' in lake.errors and "Role 'ANALYST' does not exist" in lake.errors
    lake.service.admin("POST", "settings", {"roles": ""})
    # What could be given is given; the rest is tried again.
    assert [text.split(" ")[-1] for text in create(lake)] == ['"ANALYST"'] * 2


def test_names_are_quoted_whatever_they_hold(lake):
    lake.contract("things", more=COLUMNS + "roles:\n  - {role: 'a\"b; DROP TABLE x', access: \"read,unmask\"}\n")
    done = create(lake)
    assert [text for text in done if text.endswith('TO ROLE "A""B; DROP TABLE X"')]
    assert "IS_ROLE_IN_SESSION('A\"B; DROP TABLE X')" in done[[text.startswith("CREATE MASKING") for text in done].index(True)]
    assert create(lake) == []


def test_what_is_not_understood_is_not_guessed(lake):
    lake.contract("things", more=COLUMNS.replace("classification: restricted", "classification: secret") + ROLES.replace("read}", "look}"))
    create(lake, status=78)
    assert "lnd.things.born: classification secret is none of public, internal, confidential, restricted" in lake.errors
    done = create(lake, "--access", "grants")
    assert "role analyst gets nothing: its access look is none of read, write, unmask" in lake.errors
    assert [text.split(" ")[-1] for text in done] == ['"FRAUD"'] * 2


def test_duckdb_has_no_roles_and_says_so_once(tmp_path):
    lake = Lake(tmp_path)
    lake.contract("things", more=COLUMNS + ROLES)
    lake.create()
    assert lake.errors.count("DuckDB has no roles") == 1 and len(lake.errors.splitlines()) == 1
    lake.create()
    assert lake.errors == ""
