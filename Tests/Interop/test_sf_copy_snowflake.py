"""sf-copy on Snowflake: what only that warehouse has. test_sf_copy.py has what both do alike."""

import json
import os
import pathlib
import random
import re
import signal
import subprocess
import time

import pytest
import sqlglot

from snowflake_lake import SnowflakeLake, statements
from sf_copy_lake import finish

KILLS = int(os.environ.get("SLUICE_KILLS", "8"))
# What Snowflake has, of all functions that the statements may call.
FUNCTIONS = {"DATE_TRUNC", "CURRENT_TIMESTAMP", "PARSE_JSON", "IFF", "COUNT", "MAX", "COALESCE", "CAST"}


@pytest.fixture
def lake(snowflake, tmp_path):
    snowflake.script()
    snowflake.admin("POST", "settings", {"statement_seconds": 0, "sync_seconds": 45, "partition_rows": 10_000})
    lake = SnowflakeLake(snowflake, tmp_path)
    lake.create()
    return lake


def deliveries(lake):
    """Three versions of a file, the second reprocessed, and a deletion: every kind of transaction."""
    records = [lake.record("things.xlsx", day, str(day)) for day in (1, 2, 3)]
    lines = [lake.processed(record, rows=50 + number, rejects=2) for number, record in enumerate(records)]
    gone = dict(lake.record("things.xlsx", 4, status="deleted"), dataset="things")
    again = lake.processed(records[1], rows=60, rejects=1, key="f" * 64)
    return [*lines, again, gone]


def settled(snowflake):
    """Waits until the service runs nothing any more."""
    deadline = time.monotonic() + 60
    while any(not each["done"] for each in statements(snowflake)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def expected(snowflake, lake, tmp_path_factory):
    """What everything loaded once comes to."""
    once = SnowflakeLake(snowflake, tmp_path_factory.mktemp("once"))
    once.create()
    once.load(*deliveries(once))
    return once.contents()


def test_all_statements_are_snowflakes_own(snowflake, lake):
    lake.load(*deliveries(lake))
    quarantined = lake.record("things 2.xlsx", 5, "q")
    line = lake.processed(quarantined, rows=1, rejects=9)
    lake.key = line["process"]["key"]
    lake.load(line, status=65)
    lake.run("--accept", quarantined["delivery"])
    lake.run("--marts-due", "h")
    lake.run("--record-run", "-", lines=[{
        "run": "r", "kind": "marts", "started_at": "2026-01-01T00:00:00.000Z", "finished_at": None, "status": "ok", "exit_status": 0,
        "details": {"a": "it's \\ \n"}, "checks": [{"check_name": "c", "status": "pass", "details": {}}]}])
    for mode in ("append", "replace", "merge"):
        path = f"{lake.address}/processed/things/{quarantined['delivery']}-{lake.key[:8]}/part-0.parquet"
        lake.run("--contract", lake.contracts / "things.odcs.yaml", "--table", "scratch.x", "--create", "--mode", mode, path)
    texts = [each["statement"] for each in statements(snowflake) if lake.database in (each["statement"] or "")]
    assert len(texts) > 10
    for text in texts:
        for tree in sqlglot.parse(text, read="snowflake"):
            check(tree)
    submitted = [each for each in statements(snowflake) if each["statement"] in texts]
    for each in submitted:
        assert json.loads(each["parameters"]["QUERY_TAG"])["program"] == "sf-copy"
        assert each["parameters"]["TIMEZONE"] == "UTC"


def check(tree):
    """The documented restrictions that DuckDB underneath would let pass."""
    text = tree.sql(dialect="snowflake")
    if isinstance(tree, sqlglot.exp.Command):
        assert re.match(r"(DESC|DESCRIBE|LIST|BEGIN|COMMENT)\b", text, re.IGNORECASE), text
        return
    for name in tree.find_all(sqlglot.exp.Identifier):
        if name.quoted:
            assert name.this == name.this.upper(), f"{name.this} is stored in lower case: {text}"
    for call in tree.find_all(sqlglot.exp.Anonymous):
        assert call.name.upper() in FUNCTIONS, text
    for values in tree.find_all(sqlglot.exp.Values):
        assert not values.find(sqlglot.exp.ParseJSON), f"no PARSE_JSON in VALUES: {text}"
    for found in tree.find_all(sqlglot.exp.Exists):
        assert found.find_ancestor(sqlglot.exp.Where), f"EXISTS only in WHERE: {text}"


def test_the_query_says_which_run_it_was(snowflake, lake):
    lake.load(lake.processed(lake.record("things.xlsx", 1), rows=1), options=["--run", "r-77"])
    assert any('"run":"r-77"' in each["parameters"]["QUERY_TAG"] for each in statements(snowflake) if each["parameters"])


def test_two_processes_at_once_load_once(snowflake, lake, expected):
    lines = deliveries(lake)
    processes = [lake.start(lines) for _ in range(3)]
    for status, _, errors in map(finish, processes):
        assert status == 0, errors
    assert lake.contents() == expected


@pytest.mark.parametrize("when", ["request", "answer"])
def test_any_request_may_be_lost_or_its_answer(snowflake, lake, expected, when):
    snowflake.script({"match": {"operation": "statement.*"}, "per_request": 1, "probability": 0.4, "actions": [{"kind": "reset", "when": when}]})
    lake.load(*deliveries(lake))
    snowflake.script()
    assert lake.contents() == expected
    counts = snowflake.admin("GET", "statements")["executions"]
    assert set(counts.values()) == {1}
    again = [entry for entry in snowflake.requests(operation="statement.submit") if entry.get("retry")]
    assert again or when == "request"


def test_a_service_that_is_busy_or_lets_tokens_end_is_asked_again(snowflake, lake, expected):
    snowflake.script(
        {"match": {"operation": "statement.*"}, "probability": 0.3, "per_request": 1, "continue": True, "one_of": True, "actions": [
            {"kind": "status", "status": 429, "retry_after": 0}, {"kind": "status", "status": 503, "body": "<html>"},
            {"kind": "status", "status": 504}]},
        {"match": {"operation": "statement.submit"}, "skip": 2, "count": 1, "actions": [{"kind": "expire_token"}]})
    lake.load(*deliveries(lake))
    snowflake.script()
    assert lake.contents() == expected


def test_kills_at_random_moments(snowflake, lake, expected, tmp_path_factory):
    seed = int(os.environ.get("SLUICE_SEED", time.time_ns()))
    print(f"seed {seed}")
    moments = random.Random(seed)
    begin = time.monotonic()
    lake.load(*deliveries(lake))
    seconds = time.monotonic() - begin
    hits = attempts = 0
    while hits < KILLS:
        attempts += 1
        assert attempts < 20 * KILLS, "the kills come too late"
        killed = SnowflakeLake(snowflake, tmp_path_factory.mktemp("killed"))
        killed.create()
        lines = deliveries(killed)
        # Statements that take a while are hit while they run, and go on without us.
        snowflake.admin("POST", "settings", {"statement_seconds": moments.choice([0, 0.1])})
        process = killed.start(lines)
        time.sleep(moments.uniform(0.02, seconds))
        process.kill()
        status, _, _ = finish(process)
        hits += status == -signal.SIGKILL
        snowflake.admin("POST", "settings", {"statement_seconds": 0})
        # At once, while what the dead process began may still run.
        killed.load(*lines)
        settled(snowflake)
        assert killed.contents() == expected, f"seed {seed}, kill {attempts}"
        killed.drop_warehouse()
    print(f"{hits} kills in flight of {attempts}")


def test_a_signal_cancels_the_statement_and_ends_143(snowflake, lake):
    line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=10)
    snowflake.admin("POST", "settings", {"statement_seconds": 0.2})
    snowflake.forget_requests()
    # The statement waits for the turn that another session holds.
    snowflake.admin("POST", "hold", {"seconds": 20})
    process = lake.start([line])
    deadline = time.monotonic() + 20
    while not any(not each["done"] and "COPY INTO" in each["statement"] for each in statements(snowflake)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    status, _, errors = finish(process)
    assert status == 128 + signal.SIGTERM, errors
    assert snowflake.requests(operation="statement.cancel")
    snowflake.admin("POST", "settings", {"statement_seconds": 0})
    snowflake.admin("POST", "hold", {"seconds": 0})
    settled(snowflake)
    assert lake.counts() == {}
    lake.load(line)
    assert sum(lake.counts().values()) == 10


def test_a_run_after_a_crash_waits_for_what_still_runs(snowflake, lake):
    line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=10)
    state = lake.folder / "state"
    snowflake.admin("POST", "settings", {"statement_seconds": 1.5})
    process = lake.start([line], "--state", state)
    deadline = time.monotonic() + 20
    while not any(not each["done"] and "COPY INTO" in each["statement"] for each in statements(snowflake)) or not list(state.glob("*.statement")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    finish(process)
    assert len(list(state.glob("*.statement"))) == 1
    snowflake.admin("POST", "settings", {"statement_seconds": 0})
    count = len(statements(snowflake))
    assert lake.load(line, options=["--state", state])[0]["status"] == "current"
    assert not list(state.glob("*.statement"))
    # The second run only read: the transaction of the first was waited for.
    assert not any("COPY INTO" in each["statement"] for each in statements(snowflake)[count:])
    assert sum(lake.counts().values()) == 10


def test_more_than_a_thousand_files_come_in_batches(snowflake, lake):
    record = lake.record("things.xlsx", 1, "a")
    line = lake.processed(record, rows=1003, parts=1003)
    snowflake.admin("POST", "settings", {"partition_rows": 2})
    assert lake.load(line)[0]["rows"] == 1003
    texts = [each["statement"] for each in statements(snowflake) if "COPY INTO" in (each["statement"] or "") and lake.database in each["statement"]]
    assert [copy.count("'processed/") for copy in re.findall(r"COPY INTO.*?FILES = \(.*?\)", texts[-1], re.DOTALL)] == [1000, 3]
    # All partitions of an answer are read.
    others = [lake.record(f"things {number}.xlsx", 2, str(number)) for number in range(7)]
    lake.load(*(lake.processed(other, rows=1) for other in others))
    assert lake.pending(record, *others) == []


def test_a_file_of_another_shape_is_refused(snowflake, lake):
    import duckdb

    line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=3)
    path = next(lake.lake.rglob("part-0.parquet"))
    duckdb.sql("select 1 as other from range(3)").write_parquet(str(path))
    line["process"]["parts"][0]["bytes"] = path.stat().st_size
    loads = lake.load(line, status=65)
    assert loads[0]["status"] == "refused" and "NULL" in loads[0]["reason"]
    assert lake.counts() == {}


def test_a_file_outside_the_lake_is_refused(snowflake, lake):
    line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=3)
    line["processed"][0]["url"] = "abfss://other@acct.dfs.core.windows.net/part-0.parquet"
    assert "does not lie below" in lake.load(line, status=65)[0]["reason"]


def test_a_stage_that_lies_elsewhere_is_refused(snowflake, lake):
    lake.address += "/deeper"
    lake.run("--contracts", lake.contracts, "--create", status=78)
    assert "ALTER STAGE" in lake.errors


def profile(lake, **changes):
    """A connection of its own; None takes a key away."""
    home = lake.folder / "home"
    home.mkdir(exist_ok=True)
    text = pathlib.Path(lake.service.ready["credentials"]["connections"]).read_text()
    values = dict(re.findall(r'(\w+) = "?([^"\n]*)"?', text)) | changes
    lines = "".join(f'{key} = "{value}"\n' for key, value in values.items() if value is not None)
    (home / "connections.toml").write_text(f"[local]\n{lines}")
    return {"SNOWFLAKE_HOME": str(home)}


def create(lake, environment, status=0):
    lake.run("--contracts", lake.contracts, "--create", environment=environment, status=status)
    return lake.errors


def test_every_way_to_enter(snowflake, lake):
    key = snowflake.ready["credentials"]["key_file"]
    for kind, name in (("PROGRAMMATIC_ACCESS_TOKEN", "pat"), ("OAUTH", "oauth"), ("WORKLOAD_IDENTITY_FEDERATION", "WIF.OIDC.wif")):
        snowflake.admin("POST", "tokens", {"type": kind, "token": name, "user": "LOADER"})
    token = lake.folder / "token"
    token.write_text("wif\n")
    create(lake, profile(lake, authenticator="PROGRAMMATIC_ACCESS_TOKEN", token="pat", private_key_file=None))
    create(lake, profile(lake, authenticator="OAUTH", token="oauth", private_key_file=None))
    create(lake, profile(lake, authenticator="WORKLOAD_IDENTITY", workload_identity_provider="OIDC", token_file_path=str(token),
                         private_key_file=None))
    secret = lake.folder / "encrypted.p8"
    subprocess.run(["openssl", "pkcs8", "-topk8", "-v2", "des3", "-in", key, "-out", secret, "-passout", "pass:s3cret"], check=True)
    create(lake, profile(lake, private_key_file=str(secret)) | {"PRIVATE_KEY_PASSPHRASE": "s3cret"})
    assert "passphrase" in create(lake, profile(lake, private_key_file=str(secret)), status=78)
    wrong = create(lake, profile(lake, private_key_file=str(secret)) | {"PRIVATE_KEY_PASSPHRASE": "wr0ng"}, status=78)
    assert "passphrase" in wrong and "wr0ng" not in wrong
    create(lake, profile(lake, private_key_file=None) | {"SNOWFLAKE_PRIVATE_KEY_FILE": key})


def test_what_keeps_out(snowflake, lake):
    other = lake.folder / "other.p8"
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", other], check=True,
                   stderr=subprocess.DEVNULL)
    errors = create(lake, profile(lake, private_key_file=str(other)), status=77)
    assert "390144" in errors and "MYORG-LOCAL.LOADER, key SHA256:" in errors and "clock is" in errors
    assert "390303" in create(lake, profile(lake, authenticator="OAUTH", token="never"), status=77)
    assert "never" not in lake.errors
    create(lake, profile(lake, port="1"), status=69)
    assert "no connection" in create(lake, {"SNOWFLAKE_HOME": str(lake.folder)}, status=78)
    line = lake.processed(lake.record("things.xlsx", 1), rows=1)
    arguments = ("--contract", lake.contracts / "things.odcs.yaml", "--manifest", "-")
    lake.run(*arguments, lines=[line], environment=profile(lake, warehouse=None), status=78)
    assert "000606" in lake.errors
    create(lake, profile(lake, protocol="http", host="snowflake.example.com"), status=78)


def test_two_keys_while_they_are_rotated(snowflake, lake):
    other = lake.folder / "other.p8"
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", other], check=True,
                   stderr=subprocess.DEVNULL)
    public = subprocess.run(["openssl", "pkey", "-in", other, "-pubout"], check=True, capture_output=True, text=True).stdout
    snowflake.admin("POST", "keys", {"account": "myorg-local", "user": "loader", "pem": public})
    create(lake, profile(lake, private_key_file=str(other)))
    create(lake, profile(lake))


def test_diagnose_tells_what_is_there_and_what_is_missing(snowflake, lake):
    found = {line["check"]: line for line in lake.run("--diagnose")}
    assert list(found) == ["connection", "session", "clock", "key", "warehouse", "stage", "grants", "tables"]
    assert found["warehouse"]["detail"] == "LOADING: size X-Small, suspends itself after 60 s"
    assert all(line["ok"] for line in found.values())
    assert "MYORG-LOCAL.LOADER" in found["connection"]["detail"] and "warehouse LOADING" in found["session"]["detail"]
    lake.address += "/deeper"
    lines = lake.run("--diagnose", status=78)
    assert [line["check"] for line in lines if not line["ok"]] == ["stage"]
    lines = lake.run("--diagnose", environment=profile(lake, warehouse=None), status=78)
    assert "no warehouse" in lines[1]["detail"]
    assert lake.run("--diagnose", environment=profile(lake, user="OTHER"), status=78)[1]["ok"] is False


def test_dry_run_prints_the_script_and_changes_nothing(snowflake, lake):
    line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=30, rejects=1)
    lake.run("--contract", lake.contracts / "things.odcs.yaml", "--manifest", "-", "--dry-run", lines=[line])
    words = [text.split(" ")[0].rstrip(";") for text in lake.output.splitlines()]
    assert words.index("COPY") < words.index("BEGIN") < words.index("UPDATE") < words.index("COMMIT")
    assert lake.counts() == {}


def test_a_database_that_is_missing_is_made(snowflake, lake):
    lake.drop_warehouse()
    record = lake.record("things.xlsx", 1, "a")
    assert len(lake.pending(record)) == 1
    lake.create()
    assert lake.load(lake.processed(record, rows=2))[0]["status"] == "current"
