"""Every form of Google credentials, found where Google's programs look for them, and refused in words that help."""

import json
import pathlib
import shutil
import stat

import pytest

from drive_pulls import Puller, change, rule, started

OWNER = "owner@example.com"
DRIVE_READ = "https://www.googleapis.com/auth/drive.readonly"
CLOUD = "https://www.googleapis.com/auth/cloud-platform"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with started(tmp_path_factory.mktemp("credentials")) as running:
        change(running, {"op": "file", "name": "Orders.xlsx", "text": "A"})
        yield running


@pytest.fixture(autouse=True)
def clean(emulator):
    emulator.script()
    emulator.forget_requests()
    yield
    emulator.script()


@pytest.fixture
def puller(emulator, tmp_path):
    return Puller(emulator, tmp_path)


def document(emulator, kind):
    return json.loads(pathlib.Path(emulator.ready["credentials"][kind]).read_text())


def put(folder, value, name="made.json"):
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return str(path)


def principals(emulator, operation="files.list"):
    return {entry["principal"] for entry in emulator.requests(operation=operation)}


@pytest.mark.parametrize("kind, who", [
    ("service_account", None), ("authorized_user", OWNER), ("external_account", None), ("external_account_url", None),
    ("impersonated_service_account", None)])
def test_each_form_of_credentials_signs_in(emulator, puller, kind, who):
    pulled = puller.run("--credentials", emulator.ready["credentials"][kind], GOOGLE_APPLICATION_CREDENTIALS="/nonexistent")
    assert pulled.statuses() == {"Orders.xlsx": "new"}
    assert principals(emulator) == {who or emulator.ready["service_account"]}


def test_a_federated_user_proves_the_client_in_the_header(emulator, puller, tmp_path):
    user = document(emulator, "authorized_user")
    made = {"type": "external_account_authorized_user", "token_url": user["token_uri"],
            **{name: user[name] for name in ("client_id", "client_secret", "refresh_token")}}
    hits = rule({"kind": "latency", "seconds": 0}, operation="token", headers={"authorization": "Basic .*"}, name="basic")
    emulator.script(hits)
    puller.run("--credentials", put(tmp_path, made), expect=77)
    # The emulated service wants the client in the form, and so refuses; what counts here is how we asked.
    assert emulator.admin("GET", "faults")["faults"][0]["hits"] >= 1


def test_the_named_file_comes_first_and_a_bad_one_is_not_passed_over(emulator, puller, tmp_path):
    good = emulator.ready["credentials"]["service_account"]
    folder = tmp_path / "gcloud"
    folder.mkdir()
    shutil.copy(good, folder / "application_default_credentials.json")
    for bad in ("/nonexistent/file.json", put(tmp_path, "{"), put(tmp_path, "[]", "list.json"), put(tmp_path, {"type": "x"}, "type.json")):
        pulled = puller.run(expect=78, GOOGLE_APPLICATION_CREDENTIALS=bad, CLOUDSDK_CONFIG=str(folder))
        assert bad in pulled.errors and not pulled.lines


def test_the_well_known_file_is_found_in_both_places(emulator, puller, tmp_path):
    puller.environment.pop("GOOGLE_APPLICATION_CREDENTIALS")
    home = tmp_path / "home"
    for folder, environment in ((tmp_path / "config", {"CLOUDSDK_CONFIG": str(tmp_path / "config")}),
                                (home / ".config" / "gcloud", {"HOME": str(home)})):
        folder.mkdir(parents=True)
        shutil.copy(emulator.ready["credentials"]["authorized_user"], folder / "application_default_credentials.json")
        emulator.forget_requests()
        puller.run(**environment)
        assert principals(emulator) == {OWNER}


def test_the_metadata_server_comes_last(emulator, puller):
    host = emulator.url.removeprefix("http://")
    puller.environment.pop("GOOGLE_APPLICATION_CREDENTIALS")
    machine = {"GCE_METADATA_HOST": host, "GCE_METADATA_IP": host}
    # Never through a proxy: only what is not for the machine's own server goes there.
    puller.run(NO_GCE_CHECK="", http_proxy="http://127.0.0.1:9", no_proxy="", expect=69, **machine)
    assert {entry["operation"] for entry in emulator.requests()} == {"metadata.ping", "metadata.get"}
    emulator.forget_requests()
    puller.run(NO_GCE_CHECK="", **machine)
    assert [entry["operation"] for entry in emulator.requests(operation="metadata.*")] == ["metadata.ping", "metadata.get"]
    assert principals(emulator) == {emulator.ready["service_account"]}
    emulator.forget_requests()
    pulled = puller.run(NO_GCE_CHECK="true", expect=77, **machine)
    assert "gcloud auth application-default login" in pulled.errors and not emulator.requests()


def test_a_key_acts_for_a_user_whom_an_administrator_allowed(emulator, puller):
    puller.run("--impersonate", OWNER)
    assert principals(emulator) == {OWNER}
    emulator.admin("POST", "identities", {"users": ["other@example.com"]})
    pulled = puller.run("--impersonate", "other@example.com", expect=77)
    assert "domain-wide delegation" in pulled.errors
    pulled = puller.run(
        "--impersonate", OWNER, "--credentials", emulator.ready["credentials"]["external_account"], expect=78)
    assert "only a service account's key can act for a user" in pulled.errors


def test_credentials_speak_for_a_service_account_that_they_may_impersonate(emulator, puller):
    account = emulator.ready["service_account"]
    puller.run("--impersonate", account, "--credentials", emulator.ready["credentials"]["authorized_user"])
    assert principals(emulator) == {account}
    emulator.admin("POST", "identities", {"impersonators": {account: ["somebody@example.com"]}})
    pulled = puller.run("--impersonate", account, "--credentials", emulator.ready["credentials"]["authorized_user"], expect=77)
    emulator.admin("POST", "identities", {"impersonators": {account: None}})
    assert "roles/iam.serviceAccountTokenCreator" in pulled.errors


def test_the_subject_token_is_read_anew_for_each_token(emulator, puller, tmp_path):
    config = document(emulator, "external_account")
    token = tmp_path / "token"
    token.write_text(pathlib.Path(config["credential_source"]["file"]).read_text() + "\n")
    config["credential_source"]["file"] = str(token)
    path = put(tmp_path, config)
    puller.run("--credentials", path)
    token.write_text("another")
    pulled = puller.run("--credentials", path, expect=77)
    assert "expired or unknown to the provider" in pulled.errors and "another" not in pulled.errors
    token.write_text("")
    assert "no subject token" in puller.run("--credentials", path, expect=77).errors


def test_a_program_is_run_only_where_that_is_allowed(emulator, puller, tmp_path):
    config = document(emulator, "external_account")
    told = tmp_path / "told"
    script = tmp_path / "source"
    token = pathlib.Path(config["credential_source"]["file"]).read_text()
    answer = json.dumps({"version": 1, "success": True, "token_type": "urn:ietf:params:oauth:token-type:id_token", "id_token": token})
    script.write_text(f"#!/bin/sh\nprintf %s \"$GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE $1\" >{told}\ncat <<'END'\n{answer}\nEND\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    config["credential_source"] = {"executable": {"command": f"{script} word", "timeout_millis": 5000}}
    path = put(tmp_path, config)
    pulled = puller.run("--credentials", path, expect=78)
    assert "GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES" in pulled.errors and not told.exists()
    puller.run("--credentials", path, GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES="1")
    assert told.read_text() == f"{config['audience']} word"
    script.write_text("#!/bin/sh\necho '{\"success\": false, \"message\": \"no luck\"}'\n")
    assert "no luck" in puller.run("--credentials", path, expect=77, GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES="1").errors
    script.write_text("#!/bin/sh\nsleep 60\n")
    assert "took longer" in puller.run("--credentials", path, expect=77, GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES="1").errors


@pytest.mark.parametrize("changes, said", [
    ({"token_url": "https://sts.example.com/v1/token"}, "not a token service of Google"),
    ({"token_url": "http://sts.googleapis.com/v1/token"}, "not a token service of Google"),
    ({"service_account_impersonation_url": "https://evil.example.com/x:generateAccessToken"}, "not a token service of Google"),
    ({"credential_source": {"url": "http://example.com/token"}}, "plain http to another machine"),
    ({"credential_source": {"file": "a", "url": "https://example.com"}}, "exactly one"),
    ({"credential_source": {"environment_id": "aws1"}}, "AWS"),
    ({"credential_source": {"certificate": {}}}, "certificates"),
    ({"universe_domain": "example.com"}, "universe"),
    ({"audience": ""}, "no audience"),
])
def test_configurations_that_lead_elsewhere_or_lack_something_are_refused(emulator, puller, tmp_path, changes, said):
    pulled = puller.run("--credentials", put(tmp_path, {**document(emulator, "external_account"), **changes}), expect=78)
    assert said in pulled.errors and not emulator.requests()


def test_a_key_that_is_none_or_leads_elsewhere_is_refused(emulator, puller, tmp_path):
    key = document(emulator, "service_account")
    for changes, said in (({"private_key": "x"}, "not a private key"), ({"client_email": ""}, "no client_email"),
                          ({"token_uri": "https://example.com/token"}, "not a token service of Google")):
        assert said in puller.run("--credentials", put(tmp_path, {**key, **changes}), expect=78).errors
    pulled = puller.run("--credentials", put(tmp_path, {**key, "private_key_id": "0" * 40}), expect=77)
    assert "the key may have been deleted" in pulled.errors


def test_a_sign_in_that_ended_says_so(emulator, puller, tmp_path):
    user = {**document(emulator, "authorized_user"), "refresh_token": "1//revoked"}
    pulled = puller.run("--credentials", put(tmp_path, user), expect=77)
    assert "the user must sign in again" in pulled.errors and "1//revoked" not in pulled.errors
    emulator.script(rule({"kind": "status", "status": 400, "reason": "invalid_grant", "message":
                          "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."}, operation="token"))
    assert "is this machine's clock right?" in puller.run(expect=77).errors


def test_a_refresh_token_that_is_replaced_with_each_use_is_kept(emulator, puller, tmp_path):
    user = document(emulator, "authorized_user")
    emulator.admin("POST", "identities", {"refresh_tokens": [{
        "token": "1//rotating", "address": OWNER, "rotates": True,
        **{name: user[name] for name in ("client_id", "client_secret")}}]})
    emulator.script(rule({"kind": "expire_token"}, operation="files.list", count=1))
    puller.run("--credentials", put(tmp_path, {**user, "refresh_token": "1//rotating"}))
    assert [entry["status"] for entry in emulator.requests(operation="token")] == [200, 200]


def test_a_token_that_ends_early_is_renewed_twice_at_most(emulator, puller):
    emulator.admin("POST", "settings", {"expires_in_as_text": True})
    emulator.script(rule({"kind": "expire_token"}, operation="files.media", count=2))
    assert puller.run().statuses() == {"Orders.xlsx": "new"}
    emulator.admin("POST", "settings", {"expires_in_as_text": False})
    assert len(emulator.requests(operation="token")) == 3
    shutil.rmtree(puller.output)
    emulator.script(rule({"kind": "expire_token"}, operation="files.media"))
    emulator.forget_requests()
    assert "authError" in puller.run(expect=77).errors
    assert len(emulator.requests(operation="files.media")) == 3


def test_one_token_serves_a_whole_run_and_is_renewed_before_its_end(emulator, puller):
    puller.run("--jobs", "8")
    assert len(emulator.requests(operation="token")) == 1
    folder, *_ = change(emulator, {"op": "folder", "id": "slow", "name": "slow"},
                        *({"op": "file", "name": f"{number}.csv", "parent": "slow", "text": "x"} for number in range(24)))
    emulator.admin("POST", "settings", {"token_seconds": 6})
    emulator.script(rule({"kind": "latency", "seconds": 1}))
    emulator.forget_requests()
    puller.run("--jobs", "3", root=f"drive:{folder}")
    emulator.admin("POST", "settings", {"token_seconds": 3599})
    change(emulator, {"op": "delete", "item": "slow"})
    # Half of its life before its end: nobody was ever refused.
    assert len(emulator.requests(operation="token")) >= 3 and not emulator.requests(status=401)


@pytest.mark.parametrize("action", [
    {"kind": "status", "status": 503}, {"kind": "status", "status": 400, "reason": "temporarily_unavailable"},
    {"kind": "status", "status": 500, "body": "<html>", "content_type": "text/html"}, {"kind": "reset", "when": "answer"}])
def test_a_token_service_that_is_ill_is_asked_again(emulator, puller, action):
    emulator.script(rule(action, operation="token", count=2))
    puller.run()
    assert len(emulator.requests(operation="token")) == 3


def test_missing_scopes_are_told_with_the_way_out(emulator, puller):
    host = emulator.url.removeprefix("http://")
    puller.environment.pop("GOOGLE_APPLICATION_CREDENTIALS")
    emulator.admin("POST", "identities", {"metadata_scopes": [CLOUD]})
    pulled = puller.run(NO_GCE_CHECK="", GCE_METADATA_HOST=host, GCE_METADATA_IP=host, expect=77)
    emulator.admin("POST", "identities", {"metadata_scopes": [CLOUD, DRIVE_READ]})
    assert "lack the scope drive.readonly" in pulled.errors


def test_the_project_that_pays_is_told(emulator, puller, tmp_path):
    def paid(project):
        hits = rule({"kind": "latency", "seconds": 0}, operation="files.*", headers={"x-goog-user-project": project}, name="paid")
        emulator.script(hits)
    paid("of-the-file")
    puller.run("--credentials", put(tmp_path, {**document(emulator, "authorized_user"), "quota_project_id": "of-the-file"}))
    assert emulator.admin("GET", "faults")["faults"][0]["hits"] > 0
    paid("of-the-environment")
    puller.run(GOOGLE_CLOUD_QUOTA_PROJECT="of-the-environment")
    assert emulator.admin("GET", "faults")["faults"][0]["hits"] > 0


def test_no_secret_is_told(emulator, puller, tmp_path):
    said = ""
    for kind in ("service_account", "authorized_user", "external_account_url", "impersonated_service_account"):
        pulled = puller.run("-v", "--log-format", "json", "--credentials", emulator.ready["credentials"][kind])
        said += pulled.errors + json.dumps(pulled.report) + json.dumps(pulled.lines)
        emulator.script(rule({"kind": "status", "status": 400}, operation="token"))
        said += puller.run("-v", "--credentials", emulator.ready["credentials"][kind], expect=None).errors
        emulator.script()
    key = document(emulator, "service_account")["private_key"].splitlines()[1]
    user = document(emulator, "authorized_user")
    for secret in (key, user["refresh_token"], user["client_secret"], "emulated-subject-token", "ya29", "Bearer", "assertion"):
        assert secret not in said
