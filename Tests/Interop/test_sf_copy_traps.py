"""Snowflake's traps: what each of them would cost, and the test that keeps sf-copy out of it.

Here are the tests that stand nowhere else. Without a file's name a test is in this file.

| trap | test |
|---|---|
| headers: User-Agent, token type and Accept in every request; a body is JSON | test_every_request_has_the_headers_that_are_asked_for |
| workload identity: tokens of Azure's and Google's machines, of a file; AWS is refused | test_a_machine_enters_by_its_own_identity, test_sf_copy_snowflake: test_every_way_to_enter |
| OAuth, programmatic tokens, secrets in no message | test_sf_copy_snowflake: test_every_way_to_enter, test_what_keeps_out |
| account identifiers: host, claim, `.global`, private link; a claim given by hand | SigningTests/SnowflakeTests, test_the_account_of_the_token_can_be_given |
| tokens: claims, 59 minutes, fingerprint, all forms of keys, passphrases | SigningTests/SnowflakeTests, PrivateKeyTests; test_sf_copy_snowflake: test_every_way_to_enter |
| two keys while they are rotated; a clock that is wrong is told | test_sf_copy_snowflake: test_two_keys_while_they_are_rotated, test_what_keeps_out |
| names in a request's body are stored names | test_names_of_the_connection_are_stored_names |
| every request is a session: no USE, no SET, no transaction over two requests; several statements are counted | test_no_statement_needs_another_session |
| no bindings with several statements; any text as a literal | SFCopyTests/SnowflakeTextTests, test_names_and_texts_are_quoted |
| QUERY_TAG of at most 2,000 characters | test_a_query_tag_is_never_too_long |
| 400, 403, 404, 405, 415 end the run; 401 asks for one new token | test_a_refusal_of_the_service_is_final |
| 408, 429, 500, 502, 503, 504: the same body and request id again, with retry=true, and never at first | test_what_passes_is_asked_again_under_the_same_id |
| a lost request or answer; a connection that breaks while polling | test_sf_copy_snowflake: test_any_request_may_be_lost_or_its_answer |
| 202 for long, then the result; 429 and 503 while polling; the first poll is not the end | test_a_long_statement_is_asked_after_until_it_ends |
| a statement that is ended by its time limit, a lock that is never free | test_a_statement_that_is_ended_may_be_tried_again, test_a_lock_that_is_never_free_is_for_another_time |
| a crash between request and handle, or after the handle | test_sf_copy_requests; test_sf_copy_snowflake: test_a_run_after_a_crash_waits_for_what_still_runs |
| cancel on a signal | test_sf_copy_snowflake: test_a_signal_cancels_the_statement_and_ends_143 |
| partitions in gzip; results that are too large; values as texts, times in seconds | test_all_partitions_are_read, SFCopyTests/SnowflakeTextTests |
| stage: blob endpoint, `/` at its end, another address, a SAS in no output | SFCopyTests/SnowflakeTextTests; test_sf_copy_snowflake: test_a_stage_that_lies_elsewhere_is_refused; test_a_signature_is_never_shown |
| LIST against the manifest: files that are missing or of another length | test_sf_copy_files: test_a_delivery_tells_of_its_files_when_one_is_not_loaded; test_a_file_of_another_length_is_refused |
| INFER_SCHEMA, COPY_HISTORY, LOAD_HISTORY, VALIDATE, SWAP, FORCE, PURGE, schema evolution: not used, since they forget, lag or commit | test_no_statement_needs_another_session |
| COPY: logical types, vectorized scanner, match by name, ABORT_STATEMENT; FILES of at most 1,000 | test_copy_says_all_that_its_defaults_get_wrong; test_sf_copy_snowflake: test_more_than_a_thousand_files_come_in_batches |
| columns that do not match load NULL; columns that differ in case alone | test_sf_copy_snowflake: test_a_file_of_another_shape_is_refused; test_columns_that_differ_in_case_alone_are_refused |
| COPY's rows: LOADED, LOAD_SKIPPED, LOAD_FAILED, PARTIALLY_LOADED, no file at all | test_sf_copy_files: test_a_copy_that_passes_over_a_file_is_no_success; SFCopyTests/FileFindingTests |
| load history: an ETag that changes, 64 days, a table that is made anew | test_the_history_of_copy_decides_nothing |
| rows that a policy hides from a count: fewer than the manifest says are never taken for good | test_sf_copy: test_what_the_warehouse_refuses_leaves_nothing_and_the_others_load; test_sf_copy_access: a policy hides values, and no column that is counted or merged by, from the loading role |
| exactly once: two processes, kills, replays | test_sf_copy_snowflake, test_sf_copy_files, test_sf_copy |
| a warehouse that is missing; a database that is missing | test_sf_copy_snowflake: test_what_keeps_out, test_a_database_that_is_missing_is_made |
"""

import http.server
import json
import re
import threading

import pyarrow.parquet
import pytest

import snowflake_sessions
from snowflake_lake import SnowflakeLake, statements
from test_sf_copy_snowflake import create, profile


@pytest.fixture
def lake(snowflake, tmp_path):
    snowflake.script()
    snowflake.admin("POST", "settings", {"statement_seconds": 0, "sync_seconds": 45, "partition_rows": 10_000, "lock_seconds": 120})
    lake = SnowflakeLake(snowflake, tmp_path)
    lake.create()
    lake.line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=10, rejects=1)
    snowflake.forget_requests()
    return lake


def load(lake, *options, status=0, environment=None):
    arguments = ("--contract", lake.contracts / "things.odcs.yaml", "--manifest", "-", *options)
    return lake.run(*arguments, lines=[lake.line], status=status, environment=environment)


def submitted(lake, begin=0):
    return [each["statement"] for each in statements(lake.service)[begin:] if lake.database in (each["statement"] or "")]


def test_every_request_has_the_headers_that_are_asked_for(snowflake, lake):
    headers = {"user-agent": r"sf-copy/\d.*", "accept": "application/json", "x-snowflake-authorization-token-type": "KEYPAIR_JWT",
               "authorization": r"Bearer \S+", "accept-encoding": ".*gzip.*"}
    snowflake.script({"name": "good", "match": {"headers": headers}, "continue": True, "actions": [{"kind": "latency", "seconds": 0}]},
                   {"name": "json", "match": {"method": "POST", "headers": {"content-type": "application/json"}}, "actions": [{"kind": "latency", "seconds": 0}]})
    load(lake)
    requests = snowflake.requests()
    hits = {rule["name"]: rule["hits"] for rule in snowflake.admin("GET", "faults")["faults"]}
    assert hits == {"good": len(requests), "json": sum(entry["method"] == "POST" for entry in requests)} and len(requests) > 4
    assert not any("nullable" in entry["query"] for entry in requests)


class Machine(http.server.BaseHTTPRequestHandler):
    """The metadata services of two clouds."""

    def do_GET(self):
        self.server.asked.append((self.path, self.headers))
        if self.path.startswith("/metadata/identity/oauth2/token?") and self.headers["Metadata"] == "true":
            body = json.dumps({"access_token": "azure-token", "expires_in": "3599", "token_type": "Bearer"})
        elif self.path.startswith("/computeMetadata/v1/instance/service-accounts/default/identity?") and self.headers["Metadata-Flavor"] == "Google":
            body = "google-token"
        else:
            return self.send_error(404)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def machine():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Machine) as server:
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_machine_enters_by_its_own_identity(snowflake, lake, machine):
    place = f"127.0.0.1:{machine.server_port}"
    for token in ("WIF.AZURE.azure-token", "WIF.GCP.google-token"):
        snowflake.admin("POST", "tokens", {"type": "WORKLOAD_IDENTITY_FEDERATION", "token": token, "user": "LOADER"})

    def entering(provider, **changes):
        return profile(lake, authenticator="WORKLOAD_IDENTITY", workload_identity_provider=provider, private_key_file=None, **changes)

    create(lake, entering("AZURE") | {"AZURE_POD_IDENTITY_AUTHORITY_HOST": f"http://{place}"})
    create(lake, entering("GCP") | {"GCE_METADATA_HOST": place})
    paths = [path for path, _ in machine.asked]
    assert len(paths) == 2, "one token for all requests of a run"
    assert "resource=api%3A%2F%2Ffd3f753b-eed3-462c-b6a7-a4b5bb650aad" in paths[0] and "audience=snowflakecomputing.com" in paths[1]
    create(lake, entering("AZURE", workload_identity_entra_resource="api://own") | {"AZURE_POD_IDENTITY_AUTHORITY_HOST": f"http://{place}"})
    assert "resource=api%3A%2F%2Fown" in machine.asked[-1][0]
    assert "AZURE, GCP or OIDC" in create(lake, entering("AWS"), status=78)


def test_the_account_of_the_token_can_be_given(snowflake, lake):
    assert "390144" in create(lake, profile(lake, account="xy12345.west-europe.azure"), status=77)
    create(lake, profile(lake, account="xy12345.west-europe.azure", jwt_account="myorg-local"))


def test_names_of_the_connection_are_stored_names(snowflake, lake):
    load(lake, environment=profile(lake, warehouse="loading", role="loader"))


def test_no_statement_needs_another_session(snowflake, lake):
    load(lake)
    for text in submitted(lake):
        for single in text.split(";\n"):
            assert not re.match(r"(USE|SET|UNSET|ALTER SESSION|PUT|GET|CALL|EXECUTE|CREATE OR REPLACE)\b", single), single
            assert not re.search(r"\b(INFER_SCHEMA|USING TEMPLATE|COPY_HISTORY|LOAD_HISTORY|VALIDATE|VALIDATION_MODE|SWAP|FORCE|PURGE|"
                                 r"ENABLE_SCHEMA_EVOLUTION|RETURN_FAILED_ONLY|SIZE_LIMIT)\b", single), single
        assert text.count("BEGIN TRANSACTION") == text.count("COMMIT") <= 1, text
        inside = text.partition("BEGIN TRANSACTION")[2].partition("COMMIT")[0]
        assert not re.search(r"^(CREATE|ALTER|DROP|TRUNCATE|GRANT)\b", inside, re.MULTILINE), "DDL commits"
    for each in statements(snowflake):
        if each["parameters"]:
            assert each["parameters"]["MULTI_STATEMENT_COUNT"] == str(len(each["statement"].split(";\n")))


def test_names_and_texts_are_quoted(snowflake, lake):
    name = "it's \\ \"odd\"; DROP TABLE x; -- $$ \n?.xlsx"
    record = lake.record(name, 1, "b")
    lake.line = lake.processed(record, rows=1)
    load(lake)
    assert lake.query("select drive_path, file_id from ecom.ops.deliveries") == [(name, name)]


def test_a_query_tag_is_never_too_long(snowflake, lake):
    begin = len(statements(snowflake))
    load(lake, "--run", "r" * 5000 + "é")
    tags = [each["parameters"]["QUERY_TAG"] for each in statements(snowflake)[begin:] if each["parameters"]]
    assert tags and all(len(tag) <= 2000 and json.loads(tag)["program"] == "sf-copy" for tag in tags)
    assert lake.query("select length(run) from ecom.ops.deliveries") == [(5001,)]


@pytest.mark.parametrize("status, code, expected", [(400, "390142", 65), (403, "390422", 77), (404, "000000", 65), (405, "000000", 65), (415, "391911", 65)])
def test_a_refusal_of_the_service_is_final(snowflake, lake, status, code, expected):
    snowflake.script({"match": {"operation": "statement.submit"}, "actions": [{"kind": "status", "status": status, "reason": code}]})
    load(lake, status=expected)
    assert str(status) in lake.errors and code in lake.errors
    assert len(snowflake.requests(operation="statement.submit")) == 1


def test_a_token_that_stays_refused_is_asked_for_anew_once(snowflake, lake):
    snowflake.script({"match": {"operation": "statement.submit"}, "actions": [{"kind": "expire_token"}]})
    load(lake, status=77)
    assert len(snowflake.requests(operation="statement.submit")) == 2 and "clock is" in lake.errors


@pytest.mark.parametrize("action", [
    {"kind": "status", "status": 408, "body": ""}, {"kind": "status", "status": 429, "retry_after": 0}, {"kind": "status", "status": 500},
    {"kind": "status", "status": 502, "body": "<html>"}, {"kind": "status", "status": 503}, {"kind": "status", "status": 504},
    {"kind": "reset", "when": "answer"}], ids=lambda action: str(action.get("status", action["kind"])))
def test_what_passes_is_asked_again_under_the_same_id(snowflake, lake, action):
    snowflake.script({"match": {"operation": "statement.submit"}, "per_request": 1, "actions": [action]})
    load(lake)
    entries = snowflake.requests(operation="statement.submit")
    tries = {}
    for entry in entries:
        tries.setdefault(entry["query"]["requestId"], []).append(entry["query"].get("retry"))
    assert len(tries) == 4 and all(len(each) > 1 and each[0] is None and set(each[1:]) == {"true"} for each in tries.values())
    executions = snowflake.admin("GET", "statements")["executions"]
    assert {executions[name] for name in tries} == {1}
    assert lake.counts() == {lake.line["delivery"]: 10}


def test_a_long_statement_is_asked_after_until_it_ends(snowflake, lake):
    snowflake.admin("POST", "settings", {"statement_seconds": 0.4})
    snowflake.script({"match": {"operation": "statement.status"}, "probability": 0.4, "one_of": True, "actions": [
        {"kind": "status", "status": 429, "retry_after": 0}, {"kind": "status", "status": 503}, {"kind": "reset", "when": "answer"}]})
    load(lake)
    snowflake.script()
    polls = {}
    for entry in snowflake.requests(operation="statement.status"):
        polls.setdefault(entry["subject"], []).append(entry["status"])
    assert any(answers.count(202) > 1 for answers in polls.values())
    assert len(snowflake.requests(operation="statement.submit")) == 4, "nothing is submitted again for a poll that failed"
    assert lake.counts() == {lake.line["delivery"]: 10}


@pytest.mark.parametrize("code", ["000630", "000604"])
def test_a_statement_that_is_ended_may_be_tried_again(snowflake, lake, code):
    snowflake.admin("POST", "settings", {"statement_seconds": 0.2})
    snowflake.script({"match": {"operation": "statement.status"}, "actions": [{"kind": "status", "status": 422, "reason": code, "message": "ended"}]})
    load(lake, status=75)
    assert f"ended (Snowflake {code})" in lake.errors and lake.counts() == {}


def test_a_lock_that_is_never_free_is_for_another_time(snowflake, lake):
    snowflake.admin("POST", "settings", {"lock_seconds": 1})
    snowflake.admin("POST", "hold", {"seconds": 30})
    try:
        load(lake, status=75)
    finally:
        snowflake.admin("POST", "hold", {"seconds": 0})
    assert "000625" in lake.errors and lake.counts() == {}


def test_all_partitions_are_read(snowflake, lake):
    snowflake.admin("POST", "settings", {"partition_rows": 1})
    records = [lake.record(f"things {number}.xlsx", 2, str(number)) for number in range(5)]
    lake.load(*(lake.processed(record, rows=1) for record in records))
    snowflake.forget_requests()
    assert lake.pending(*records) == []
    assert {"1", "2", "3", "4"} <= {entry["query"].get("partition") for entry in snowflake.requests(operation="statement.status")}


def test_a_result_that_is_too_large_is_refused(snowflake, lake):
    snowflake.script({"match": {"operation": "statement.submit"}, "actions": [{"kind": "status", "status": 200, "reason": "391908", "message": "large"}]})
    lake.pending(lake.record("things.xlsx", 1, "a"), status=65)
    assert "391908" in lake.errors and lake.output == ""


def test_a_signature_is_never_shown(snowflake, lake):
    secret = {"SNOWFLAKE_STAGE_SAS": "?sv=2024-05-04&sig=s3cr3t%3D"}

    def created(*options):
        words = [word for word in lake.command("--contracts", lake.contracts, "--create", *options) if word not in ("--storage-integration", "LAKE_READER")]
        lake.command = lambda *_: words
        try:
            return lake.run(environment=secret)
        finally:
            del lake.command

    created("--stage", "@OPS.SIGNED", "--dry-run")
    assert "AZURE_SAS_TOKEN = '***'" in lake.output and "s3cr3t" not in lake.output + lake.errors
    created("--stage", "@OPS.SIGNED", "-v")
    assert "s3cr3t" not in lake.output + lake.errors
    assert any("s3cr3t" in text for text in submitted(lake))


def test_a_file_of_another_length_is_refused(snowflake, lake):
    part = next(lake.lake.rglob("part-0.parquet"))
    part.write_bytes(part.read_bytes() + b"x")
    assert "bytes long, the manifest says" in load(lake, status=65)[0]["load"]["files"][0]["reason"]


def test_copy_says_all_that_its_defaults_get_wrong(snowflake, lake):
    load(lake)
    copies = [single for text in submitted(lake) for single in text.split(";\n") if single.startswith("COPY")]
    assert len(copies) == 2
    for copy in copies:
        assert re.fullmatch(
            r'COPY INTO ("[^"]+"\.){2}"\w+__LOAD_\w+" FROM @("[^"]+"\.){2}"[^"]+"/ FILES = \(\'[^\']+\'\) FILE_FORMAT = \(TYPE = PARQUET '
            r"USE_LOGICAL_TYPE = TRUE BINARY_AS_TEXT = FALSE USE_VECTORIZED_SCANNER = TRUE\) MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE "
            r"ON_ERROR = ABORT_STATEMENT", copy, re.IGNORECASE), copy


def test_columns_that_differ_in_case_alone_are_refused(snowflake, lake):
    part = next(lake.lake.rglob("part-0.parquet"))
    table = pyarrow.parquet.read_table(part)
    pyarrow.parquet.write_table(table.append_column("ID", table.column("id")), part)
    lake.line["process"]["parts"][0]["bytes"] = part.stat().st_size
    assert "uplicate" in load(lake, status=65)[0]["load"]["reason"]
    assert lake.counts() == {}


def test_the_history_of_copy_decides_nothing(tmp_path):
    # A service of its own, for its clock does not go back.
    with snowflake_sessions.start(tmp_path) as snowflake:
        snowflake.container = tmp_path / "lake"
        lake = SnowflakeLake(snowflake, tmp_path / "one")
        lake.create()
        history(snowflake, lake)


def history(snowflake, lake):
    lake.line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=10, rejects=1)
    load(lake)
    part = next(lake.lake.rglob("part-0.parquet"))
    before = lake.contents()
    # Written again, it has another ETag; 65 days later no load is known any more.
    part.write_bytes(part.read_bytes())
    load(lake)
    snowflake.admin("POST", "clock", {"advance_seconds": 65 * 86_400})
    # A token that this machine's clock signs is too old there.
    snowflake.admin("POST", "tokens", {"type": "OAUTH", "token": "later", "user": "LOADER"})
    later = profile(lake, authenticator="OAUTH", token="later", private_key_file=None)
    load(lake, environment=later)
    assert lake.contents() == before
    lake.line = lake.processed(lake.record("things.xlsx", 1, "a"), rows=10, rejects=1, key="f" * 64)
    load(lake, environment=later)
    assert lake.counts() == {lake.line["delivery"]: 10}
