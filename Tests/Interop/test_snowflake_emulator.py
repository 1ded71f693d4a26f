"""The local Snowflake: independent clients work against it, and it refuses and answers as the documentation says."""

import base64
import gzip
import json
import pathlib
import subprocess
import time
import urllib.error
import urllib.request
import uuid

import duckdb
import pytest

import snowflake_sessions as sessions
from snowflake_sessions import CONNECTOR, CONTAINER, SQL_API, client, look

STAGE = f"create or replace stage ECOM.OPS.LAKE url = '{CONTAINER}/'"
PARQUET = "file_format = (type = parquet use_logical_type = true) match_by_column_name = case_insensitive"


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("snowflake")
    with sessions.start(folder) as service:
        service.folder = folder
        service.script()
        yield service


@pytest.fixture
def service(shared):
    shared.script()
    shared.admin("POST", "settings", {"sync_seconds": 45, "partition_rows": 10_000, "statement_seconds": 0, "lock_seconds": 120})
    return shared


def token(service, **changes):
    """A key-pair token made with openssl alone."""
    now = int(time.time())
    public = pathlib.Path(service.ready["credentials"]["public_key_file"])
    der = subprocess.run(["openssl", "pkey", "-pubin", "-in", public, "-outform", "DER"], check=True, capture_output=True).stdout
    digest = subprocess.run(["openssl", "dgst", "-sha256", "-binary"], input=der, check=True, capture_output=True).stdout
    claims = {"iss": f"MYORG-LOCAL.LOADER.SHA256:{base64.b64encode(digest).decode()}", "sub": "MYORG-LOCAL.LOADER",
              "iat": now, "exp": now + 3540, **changes}
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in ({"alg": "RS256", "typ": "JWT"}, claims))
    signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", service.ready["credentials"]["key_file"]],
                               input=head + b"." + body, check=True, capture_output=True).stdout
    return b".".join((head, body, base64.urlsafe_b64encode(signature).rstrip(b"="))).decode()


def call(service, method, path, body=None, headers=(), **claims):
    """(status, document) of one request of the SQL API."""
    given = {"Authorization": f"Bearer {token(service, **claims)}", "Content-Type": "application/json", "User-Agent": "test/1",
             "X-Snowflake-Authorization-Token-Type": "KEYPAIR_JWT", **dict(headers)}
    request = urllib.request.Request(f"{service.url}/api/v2/statements{path}", None if body is None else json.dumps(body).encode(),
                                     {name: value for name, value in given.items() if value is not None}, method=method)
    try:
        with urllib.request.urlopen(request) as reply:
            data = reply.read()
            return reply.status, json.loads(gzip.decompress(data) if reply.headers.get("Content-Encoding") == "gzip" else data)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def run(service, *statements, expect=200, path="", **body):
    """Submits statements; the document."""
    given = {"statement": ";\n".join(statements), "warehouse": "LOADING", "role": "LOADER", **body}
    given.setdefault("parameters", {})
    given["parameters"] = {"MULTI_STATEMENT_COUNT": str(len(statements)), **given["parameters"]}
    status, document = call(service, "POST", path or "", given)
    assert status == expect, document
    return document


def parquet(service, name, sql):
    path = service.folder / "lake" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql(sql).write_parquet(str(path))
    return path


def test_the_official_connector_logs_in_with_its_key_and_runs_dml(service):
    answer = client(service, CONNECTOR + """
ask("create schema if not exists ECOM.CON")
ask("create or replace table ECOM.CON.T (id number, sold timestamp_ntz, price number(12,2), v variant)")
ask("insert into ECOM.CON.T select 1, '2018-01-31 12:30:00'::timestamp_ntz, 19.99, parse_json('{\\"a\\": [1]}')")
ask("insert into ECOM.CON.T select 2, null, null, null")
ask("begin")
ask("delete from ECOM.CON.T where id = 1")
ask("rollback")
answer = ask("select id, sold, price from ECOM.CON.T order by id")
""")
    assert answer == [[1, "2018-01-31 12:30:00", "19.99"], [2, None, None]]


def test_the_connector_is_refused_with_another_key(service):
    answer = client(service, """
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
import snowflake.connector
key = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
try:
    snowflake.connector.connect(host="127.0.0.1", port=ready["port"], protocol="http", account=ready["account"], user="LOADER",
                                authenticator="SNOWFLAKE_JWT", private_key=key, login_timeout=5)
    answer = "let in"
except snowflake.connector.errors.Error as error:
    answer = str(error)
""")
    assert "JWT token is invalid" in answer


def test_the_independent_client_of_the_sql_api_works(service):
    service.admin("POST", "settings", {"partition_rows": 1000})
    answer = client(service, SQL_API + """
with SnowflakeClient(account=ready["account"], user=ready["credentials"]["user"], private_key_path=ready["credentials"]["key_file"],
                     warehouse="LOADING", database="ECOM", http_client=httpx.Client(transport=Lead())) as connection:
    rows = connection.query("select row_number() over (order by 1) as n, '2018-01-31'::date as d, null as x from table(generator(rowcount => 2500))")
    connection.execute("create schema if not exists ECOM.API")
    connection.execute("create or replace table ECOM.API.T (n number, s varchar)")
    answer = [len(rows), len({tuple(map(str, row.values())) for row in rows}), connection.insert_many("ECOM.API.T", ["N", "S"], [[1, "x"], [2, None]])]
""")
    assert answer == [2500, 2500, 2]
    assert look(service, "select n, s from ECOM.API.T order by n") == [(1, "x"), (2, None)]


def test_refused_tokens_and_requests(service):
    now = int(time.time())
    assert call(service, "POST", "", {"statement": "select 1"}, sub="MYORG-LOCAL.OTHER")[1]["code"] == "390144"
    assert call(service, "POST", "", {"statement": "select 1"}, iat=now - 7300, exp=now + 100)[1]["code"] == "390144"
    assert call(service, "POST", "", {"statement": "select 1"}, exp=now - 100)[0] == 401
    assert call(service, "POST", "", {"statement": "select 1"}, {"Authorization": None})[1]["code"] == "390101"
    assert call(service, "POST", "", {"statement": "select 1"}, {"Content-Type": "text/plain"})[0] == 415
    assert call(service, "DELETE", "", None)[0] == 405
    assert call(service, "GET", f"/{uuid.uuid4()}")[1]["code"] == "000709"
    wrong = {"Authorization": "Bearer x", "X-Snowflake-Authorization-Token-Type": "OAUTH"}
    assert call(service, "POST", "", {"statement": "select 1"}, wrong)[1]["code"] == "390303"
    service.admin("POST", "tokens", {"type": "PROGRAMMATIC_ACCESS_TOKEN", "token": "pat-1", "user": "LOADER"})
    good = {"Authorization": "Bearer pat-1", "X-Snowflake-Authorization-Token-Type": "PROGRAMMATIC_ACCESS_TOKEN"}
    assert call(service, "POST", "", {"statement": "select 1"}, good)[1]["data"] == [["1"]]


def test_values_are_texts_with_the_documented_forms(service):
    document = run(service, "select 1.50::number(12,2) as n, true as b, '1969-12-31'::date as d, '12:30:01.5'::time as t, "
                            "'1969-12-31 23:59:59.5'::timestamp_ntz as ts, parse_json('{\"a\":1}') as v, null::varchar as x")
    assert document["data"] == [["1.50", "true", "-1", "45001.500000000", "-0.500000000", '{\n  "a": 1\n}', None]]
    assert [column["type"] for column in document["resultSetMetaData"]["rowType"]] == [
        "fixed", "boolean", "date", "time", "timestamp_ntz", "variant", "text"]
    bound = run(service, "select cast(? as number) as a, cast(? as varchar) as b", bindings={"1": {"type": "FIXED", "value": "7"}, "2": {"type": "TEXT", "value": "x"}})
    assert bound["data"] == [["7", "x"]]
    bad = run(service, "select ?", bindings={"1": {"type": "FIXED", "value": 7}}, expect=422)
    assert bad["code"] == "100037"


def test_statements_run_by_themselves_and_are_asked_after(service):
    service.admin("POST", "settings", {"statement_seconds": 0.5})
    document = run(service, "select 42", expect=202, path="?async=true")
    assert document["code"] == "333334"
    status, polled = call(service, "GET", f"/{document['statementHandle']}")
    assert status == 202
    time.sleep(0.8)
    assert call(service, "GET", f"/{document['statementHandle']}")[1]["data"] == [["42"]]
    service.admin("POST", "settings", {"sync_seconds": 0.1})
    assert run(service, "select 43", expect=202)["statementHandle"]
    service.admin("POST", "settings", {"statement_seconds": 30, "sync_seconds": 45})
    timed = run(service, "select 44", expect=408, timeout=1)
    assert timed["code"] == "000630"


def test_a_request_that_is_sent_again_with_its_id_runs_once(service):
    run(service, "create schema if not exists ECOM.R", "create or replace table ECOM.R.T (n number)")
    name = str(uuid.uuid4())
    for path in (f"?requestId={name}", f"?requestId={name}&retry=true", f"?requestId={name}&retry=true"):
        run(service, "insert into ECOM.R.T select 1", path=path)
    assert look(service, "select count(*) from ECOM.R.T") == [(1,)]
    # Without retry=true it is another execution.
    run(service, "insert into ECOM.R.T select 1", path=f"?requestId={name}")
    assert look(service, "select count(*) from ECOM.R.T") == [(2,)]


def test_an_answer_that_is_lost_has_done_its_deed(service):
    run(service, "create schema if not exists ECOM.R", "create or replace table ECOM.R.L (n number)")
    service.script({"match": {"operation": "statement.submit"}, "count": 1, "actions": [{"kind": "reset", "when": "answer"}]})
    with pytest.raises((urllib.error.URLError, ConnectionError)):
        run(service, "insert into ECOM.R.L select 1", path="?requestId=lost-1")
    run(service, "insert into ECOM.R.L select 1", path="?requestId=lost-1&retry=true")
    assert look(service, "select count(*) from ECOM.R.L") == [(1,)]


def test_a_cancelled_statement_stops_and_leaves_nothing(service):
    run(service, "create schema if not exists ECOM.R", "create or replace table ECOM.R.C (n number)")
    slow = "insert into ECOM.R.C select count(*) from table(generator(rowcount => 100000)) a, table(generator(rowcount => 100000)) b"
    document = run(service, "begin", slow, "commit", expect=202, path="?async=true")
    time.sleep(0.3)
    assert call(service, "POST", f"/{document['statementHandle']}/cancel")[1]["code"] == "000604"
    deadline = time.monotonic() + 20
    while (answer := call(service, "GET", f"/{document['statementHandle']}"))[0] == 202:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert answer[0] == 422 and answer[1]["code"] == "000604"
    assert look(service, "select count(*) from ECOM.R.C") == [(0,)]


def test_requests_with_several_statements(service):
    run(service, "create schema if not exists ECOM.M", "create or replace table ECOM.M.T (n number)")
    document = run(service, "begin", "insert into ECOM.M.T select 1", "commit", "select n as N from ECOM.M.T")
    assert document["data"] == [["Multiple statements executed successfully."]]
    assert len(document["statementHandles"]) == 4
    assert call(service, "GET", f"/{document['statementHandles'][3]}")[1]["data"] == [["1"]]
    wrong = run(service, "select 1", "select 2", parameters={"MULTI_STATEMENT_COUNT": "3"}, expect=422)
    assert wrong["code"] == "000008"
    assert run(service, "select 1", "select ';'; -- one more", parameters={"MULTI_STATEMENT_COUNT": "0"})["statementHandles"]
    bound = run(service, "select 1", "select ?", bindings={"1": {"type": "TEXT", "value": "x"}}, expect=422)
    assert "Bind variables" in bound["message"]
    assert run(service, "select 1", "select 2", warehouse=None, expect=422)["code"] == "000606"
    assert run(service, "select 1", "select 2", warehouse="loading", expect=422)["code"] == "002003"
    assert run(service, "select 1", database="ecom", expect=422)["code"] == "002003"


def test_what_fails_in_a_transaction_takes_all_of_it_and_what_is_before_stays(service):
    run(service, "create schema if not exists ECOM.M", "create or replace table ECOM.M.F (n number)")
    failed = run(service, "insert into ECOM.M.F select 1", "begin", "insert into ECOM.M.F select 2",
                 "select cast(iff(count(*) = 1, '1', 'sluice:mark') as number(38, 0)) as checked from ECOM.M.F", "commit", expect=422)
    assert failed["code"] == "100038"
    assert failed["message"] == "Numeric value 'sluice:mark' is not recognized"
    assert look(service, "select n from ECOM.M.F") == [(1,)]
    # DDL commits what is open.
    run(service, "begin", "insert into ECOM.M.F select 3", "create or replace table ECOM.M.G (n number)", "rollback")
    assert look(service, "select n from ECOM.M.F order by n") == [(1,), (3,)]


def test_temporary_tables_end_with_their_request(service):
    run(service, "create schema if not exists ECOM.M", "create temporary table ECOM.M.TMP (n number)", "insert into ECOM.M.TMP select 1")
    assert run(service, "select * from ECOM.M.TMP", expect=422)["code"] == "002003"


def test_a_transaction_waits_for_the_one_before(service):
    run(service, "create schema if not exists ECOM.M", "create or replace table ECOM.M.W (n number)", "insert into ECOM.M.W select 0")
    handles = [run(service, "begin", "update ECOM.M.W set n = n + 1", "commit", expect=202, path="?async=true")["statementHandle"]
               for _ in range(8)]
    for handle in handles:
        while (answer := call(service, "GET", f"/{handle}"))[0] == 202:
            time.sleep(0.02)
        assert answer[0] == 200, answer
    assert look(service, "select n from ECOM.M.W") == [(8,)]


def copied(service, text, expect=200, into="ECOM.LND.T"):
    document = run(service, f"copy into {into} from {text}", expect=expect)
    if expect != 200:
        return document
    names = [column["name"] for column in document["resultSetMetaData"]["rowType"]]
    return [dict(zip(names, row)) for row in document["data"]]


@pytest.fixture
def stage(service):
    run(service, "create schema if not exists ECOM.LND", "create schema if not exists ECOM.OPS", STAGE,
        "create or replace table ECOM.LND.T (id varchar, sold timestamp_ntz, extra variant)")
    for number in (1, 2):
        parquet(service, f"a/f{number}.parquet",
                f"select 'id' || n as id, timestamp '2018-01-01' as sold, '{{\"a\":1}}' as extra from range({number * 10}) t(n)")
    return service


def test_copy_loads_each_file_once_and_tells_each(stage):
    named = "files = ('a/f1.parquet', 'a/f2.parquet')"
    first = copied(stage, f"@ECOM.OPS.LAKE {named} {PARQUET}")
    assert [(row["status"], row["rows_loaded"]) for row in first] == [("LOADED", "10"), ("LOADED", "20")]
    assert first[0]["file"] == f"{CONTAINER}/a/f1.parquet"
    again = copied(stage, f"@ECOM.OPS.LAKE {named} {PARQUET}")
    assert [(row["status"], row["first_error"]) for row in again] == [("LOAD_SKIPPED", "File was loaded before.")] * 2
    # Without names, files that were loaded before are passed over in silence.
    assert copied(stage, f"@ECOM.OPS.LAKE/a/ {PARQUET}") == [{"status": "Copy executed with 0 files processed."}]
    assert look(stage, "select count(*), min(json_type(extra)) from ECOM.LND.T") == [(30, "VARCHAR")]
    # The same name with another ETag is another file; FORCE loads anything again.
    parquet(stage, "a/f1.parquet", "select 'new' as id")
    assert [row["status"] for row in copied(stage, f"@ECOM.OPS.LAKE {named} {PARQUET}")] == ["LOADED", "LOAD_SKIPPED"]
    assert [row["status"] for row in copied(stage, f"@ECOM.OPS.LAKE {named} {PARQUET} force = true")] == ["LOADED", "LOADED"]
    # A table that is made anew knows nothing of what the old one loaded; 64 days later nobody does.
    run(stage, "create or replace table ECOM.LND.T (id varchar, sold timestamp_ntz, extra variant)")
    assert [row["status"] for row in copied(stage, f"@ECOM.OPS.LAKE {named} {PARQUET}")] == ["LOADED", "LOADED"]
    assert run(stage, "begin", f"copy into ECOM.LND.T from @ECOM.OPS.LAKE {named} {PARQUET} force = true", "rollback")
    assert look(stage, "select count(*) from ECOM.LND.T") == [(21,)]


def test_copy_chooses_files_by_prefix_and_pattern(stage):
    parquet(stage, "ab/f3.parquet", "select 'x' as id")
    assert len(copied(stage, f"@ECOM.OPS.LAKE/a {PARQUET}")) == 3, "a prefix without / takes siblings"
    assert len(copied(stage, f"@ECOM.OPS.LAKE {PARQUET} pattern = '.*f[12][.]parquet' force = true")) == 2
    assert "not found" in copied(stage, f"@ECOM.OPS.LAKE files = ('a/none.parquet') {PARQUET}", expect=422)["message"]
    skipped = copied(stage, f"@ECOM.OPS.LAKE files = ('a/none.parquet', 'a/f1.parquet') {PARQUET} on_error = skip_file force = true")
    assert [row["status"] for row in skipped] == ["LOAD_FAILED", "LOADED"]
    many = ", ".join(f"'f{number}'" for number in range(1001))
    assert "1000" in copied(stage, f"@ECOM.OPS.LAKE files = ({many}) {PARQUET}", expect=422)["message"]
    path = parquet(stage, "a/purged.parquet", "select 'x' as id")
    copied(stage, f"@ECOM.OPS.LAKE files = ('a/purged.parquet') {PARQUET} purge = true")
    assert not path.exists()


def test_copy_refuses_what_snowflake_refuses(stage):
    bare = "@ECOM.OPS.LAKE files = ('a/f1.parquet')"
    assert copied(stage, f"{bare} file_format = (type = parquet)", expect=422)["code"] == "002019"
    assert "integer" in copied(stage, f"{bare} file_format = (type = parquet) match_by_column_name = case_insensitive", expect=422)["message"]
    vectorized = "file_format = (type = parquet use_vectorized_scanner = true) match_by_column_name = case_insensitive"
    assert copied(stage, f"{bare} {vectorized} on_error = continue", expect=422)["code"] == "002322"
    assert copied(stage, f"{bare} {PARQUET} validation_mode = return_errors", expect=422)["code"] == "002321"
    assert copied(stage, f"@ECOM.OPS.NONE files = ('x') {PARQUET}", expect=422)["code"] == "002003"
    # No column that fits loads NULLs without a word; NOT NULL notices.
    parquet(stage, "a/other.parquet", "select 1 as other from range(3)")
    assert copied(stage, f"@ECOM.OPS.LAKE files = ('a/other.parquet') {PARQUET}")[0]["rows_loaded"] == "3"
    run(stage, "create or replace table ECOM.LND.N (id varchar not null)")
    assert copied(stage, f"@ECOM.OPS.LAKE files = ('a/other.parquet') {PARQUET}", into="ECOM.LND.N", expect=422)
    parquet(stage, "a/bad.parquet", "select 'x' as id, 'no time' as sold")
    failed = copied(stage, f"@ECOM.OPS.LAKE files = ('a/f1.parquet', 'a/bad.parquet') {PARQUET} force = true on_error = skip_file")
    assert [row["status"] for row in failed] == ["LOADED", "LOAD_FAILED"]
    before = look(stage, "select count(*) from ECOM.LND.T")
    copied(stage, f"@ECOM.OPS.LAKE files = ('a/f1.parquet', 'a/bad.parquet') {PARQUET} force = true", expect=422)
    assert look(stage, "select count(*) from ECOM.LND.T") == before


def test_stages_are_described_listed_and_kept(stage):
    described = run(stage, "desc stage ECOM.OPS.LAKE")
    properties = {row[1]: row[3] for row in described["data"]}
    assert json.loads(properties["URL"]) == [f"{CONTAINER}/"]
    names = [row[0] for row in run(stage, "list @ECOM.OPS.LAKE/a/")["data"]]
    assert f"{CONTAINER}/a/f1.parquet" in names
    assert run(stage, "create stage ECOM.OPS.LAKE url = 'azure://other/'", expect=422)["code"] == "002002"
    run(stage, "create stage if not exists ECOM.OPS.LAKE url = 'azure://other.blob.core.windows.net/x/'")
    assert {row[1]: row[3] for row in run(stage, "desc stage ECOM.OPS.LAKE")["data"]}["URL"] == json.dumps([f"{CONTAINER}/"])
    assert run(stage, "create stage ECOM.OPS.DFS url = 'azure://a.dfs.core.windows.net/x/'", expect=422)
    assert run(stage, "create stage ECOM.OPS.HTTPS url = 'https://a.blob.core.windows.net/x/'", expect=422)


def test_a_database_is_dropped_with_all_that_is_in_it(stage):
    run(stage, "create database GONE")
    run(stage, "create schema GONE.S")
    assert "successfully dropped" in run(stage, "drop database GONE")["data"][0][0]
    assert "GONE" not in stage.admin("GET", "databases")["databases"]
    assert run(stage, "drop database GONE", expect=422)["code"] == "002003"
    run(stage, "drop database if exists GONE")
    run(stage, "create database GONE")
    assert run(stage, "create table GONE.S.T (n int)", expect=422)
    run(stage, "drop database GONE")


def test_show_warehouses_tells_size_and_rest(stage):
    answer = run(stage, "show warehouses like 'LOADING'")
    names = [column["name"].lower() for column in answer["resultSetMetaData"]["rowType"]]
    assert dict(zip(names, answer["data"][0])) == {
        "name": "LOADING", "state": "STARTED", "type": "STANDARD", "size": "X-Small", "auto_suspend": "60"}
