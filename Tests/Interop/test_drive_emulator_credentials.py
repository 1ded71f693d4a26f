"""google-auth gets its tokens from the Drive emulator, with credentials of every kind; wrong ones are refused as Google refuses them."""

import datetime
import json
import os
import subprocess
import sys
import time

import google.auth.exceptions
import google.auth.identity_pool
import google.auth.impersonated_credentials
import google.auth.transport.requests
import google.oauth2.service_account
import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from googleapiclient.errors import HttpError

from drive_clients import CLOUD, SCOPE, drive, info, reason, service_account, start, user

from emulators.kit.running import PACKAGE_FOLDER

ACCOUNT = "made-here@emulated-project.iam.gserviceaccount.com"
TRY_DEFAULT = """\
import google.auth, google.auth.transport.requests, googleapiclient.discovery, json, sys
credentials, project = google.auth.default(scopes=[sys.argv[2]])
client = googleapiclient.discovery.build("drive", "v3", credentials=credentials, static_discovery=True,
                                         client_options={"api_endpoint": sys.argv[1] + "/drive/v3/"})
print(json.dumps([type(credentials).__module__, project, client.about().get(fields="user(emailAddress)").execute()]))
"""


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with start("--credentials", tmp_path_factory.mktemp("credentials")) as running:
        running.admin("POST", "changes", {"op": "file", "name": "a.csv", "text": "a"})
        yield running


def who(client):
    return client.about().get(fields="user(emailAddress)").execute()["user"]["emailAddress"]


def refused(credentials):
    with pytest.raises(google.auth.exceptions.RefreshError) as caught:
        credentials.refresh(google.auth.transport.requests.Request())
    return caught.value.args[1]["error"]


@pytest.fixture(scope="module")
def made(emulator):
    """A service account with a key that only this test has."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()
    emulator.admin("POST", "identities", {"service_accounts": [{
        "address": ACCOUNT, "key_id": "k1", "public_key": public, "subjects": ["owner@example.com"], "delegated_scopes": [SCOPE]}]})
    return {"type": "service_account", "client_email": ACCOUNT, "private_key_id": "k1", "private_key": private,
            "token_uri": f"{emulator.url}/token", "project_id": "emulated-project"}


def credentials_of(given, scopes=(SCOPE,), **more):
    return google.oauth2.service_account.Credentials.from_service_account_info(given, scopes=list(scopes), **more)


def test_a_service_account_signs_in_and_acts_for_whom_it_may(emulator, made):
    assert who(drive(emulator, credentials_of(made))) == ACCOUNT
    assert drive(emulator, credentials_of(made)).files().list().execute()["files"] == []
    assert who(drive(emulator, credentials_of(made, subject="owner@example.com"))) == "owner@example.com"
    assert refused(credentials_of(made, subject="somebody@example.com")) == "unauthorized_client"
    assert refused(credentials_of(made, scopes=[SCOPE, CLOUD], subject="owner@example.com")) == "unauthorized_client"


def test_a_wrong_signature_key_name_account_scope_or_clock_is_refused(emulator, made, monkeypatch):
    other = info(emulator, "service_account")
    assert refused(credentials_of({**made, "private_key": other["private_key"]})) == "invalid_grant"
    assert refused(credentials_of({**made, "private_key_id": "k2"})) == "invalid_grant"
    assert refused(credentials_of({**made, "client_email": "nobody@x.iam.gserviceaccount.com"})) == "invalid_grant"
    assert refused(credentials_of(made, scopes=[" "])) == "invalid_scope"
    slow = datetime.datetime(2020, 1, 1)
    monkeypatch.setattr("google.auth._helpers.utcnow", lambda: slow)
    assert refused(credentials_of(made)) == "invalid_grant"


def test_a_signature_over_other_claims_is_refused(emulator, made):
    token = credentials_of(made)._make_authorization_grant_assertion().decode()
    header, claims, signature = token.split(".")
    forged = ".".join((header, claims[:-2] + ("AA" if claims[-2:] != "AA" else "BB"), signature))
    status, body = posted(emulator, "token", {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": forged})
    assert (status, body["error"]) == (400, "invalid_grant")
    assert posted(emulator, "token", {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": token})[0] == 200


def posted(emulator, path, form):
    response = requests.post(f"{emulator.url}/{path}", data=form, timeout=30)
    return response.status_code, response.json()


def test_a_user_signs_in_by_refresh_token_until_it_is_revoked(emulator):
    assert who(drive(emulator, user(emulator))) == "owner@example.com"
    assert refused(user(emulator, client_secret="wrong")) == "invalid_client"
    emulator.admin("POST", "identities", {"refresh_tokens": [
        {"token": "1//rotating", "address": "owner@example.com", "client_id": "c", "client_secret": "s", "rotates": True}]})
    rotating = user(emulator, refresh_token="1//rotating", client_id="c", client_secret="s")
    assert who(drive(emulator, rotating)) == "owner@example.com"
    assert rotating.refresh_token != "1//rotating"
    assert refused(user(emulator, refresh_token="1//rotating", client_id="c", client_secret="s")) == "invalid_grant"
    emulator.admin("POST", "identities", {"revoked_refresh_tokens": [rotating.refresh_token]})
    assert refused(rotating) == "invalid_grant"


@pytest.mark.parametrize("kind", ["external_account", "external_account_url"])
def test_a_workload_of_another_cloud_exchanges_its_token_and_impersonates(emulator, kind):
    credentials = google.auth.identity_pool.Credentials.from_file(emulator.ready["credentials"][kind], scopes=[SCOPE])
    emulator.forget_requests()
    assert who(drive(emulator, credentials)) == emulator.ready["service_account"]
    steps = [entry["operation"] for entry in emulator.requests()]
    assert steps == ["identity"] * kind.endswith("url") + ["sts.token", "iam.generateAccessToken", "about.get"]


def test_the_subject_token_is_read_anew_each_time(emulator, tmp_path):
    given = info(emulator, "external_account")
    token_file = tmp_path / "token"
    given["credential_source"] = {"file": str(token_file)}
    # With impersonation the client would keep the exchanged token while it is valid.
    del given["service_account_impersonation_url"]
    config = tmp_path / "config.json"
    config.write_text(json.dumps(given))
    credentials = google.auth.identity_pool.Credentials.from_file(str(config), scopes=[SCOPE])
    for number in range(2):
        emulator.admin("POST", "identities", {"subject_tokens": {f"token {number}": "principal://workload", "emulated-subject-token": "p"}})
        token_file.write_text(f"token {number}")
        credentials.refresh(google.auth.transport.requests.Request())
    token_file.write_text("token 0")
    # Here google-auth gives the body as text.
    with pytest.raises(google.auth.exceptions.OAuthError, match="invalid_grant"):
        credentials.refresh(google.auth.transport.requests.Request())


def test_impersonation_asks_for_the_scope_and_the_permission(emulator):
    def impersonating(source):
        return google.auth.impersonated_credentials.Credentials(
            source, emulator.ready["service_account"], [SCOPE], iam_endpoint_override=info(
                emulator, "external_account")["service_account_impersonation_url"])
    assert who(drive(emulator, impersonating(service_account(emulator, [CLOUD])))) == emulator.ready["service_account"]
    emulator.admin("POST", "identities", {"impersonators": {emulator.ready["service_account"]: ["somebody@example.com"]}})
    with pytest.raises(google.auth.exceptions.RefreshError, match="getAccessToken"):
        impersonating(service_account(emulator, [CLOUD])).refresh(google.auth.transport.requests.Request())
    emulator.admin("POST", "identities", {"impersonators": {emulator.ready["service_account"]: None}})
    # The client itself always takes a source token of the right scope.
    source = service_account(emulator)
    source.refresh(google.auth.transport.requests.Request())
    address = info(emulator, "external_account")["service_account_impersonation_url"]
    reply = requests.post(address, json={"scope": [SCOPE]}, headers={"Authorization": f"Bearer {source.token}"}, timeout=30)
    assert (reply.status_code, reply.json()["error"]["errors"][0]["reason"]) == (403, "insufficientPermissions")


@pytest.mark.parametrize("way", ["metadata server", "environment"])
def test_application_default_credentials_are_found(emulator, tmp_path, way):
    host = emulator.url.removeprefix("http://")
    environment = {**os.environ, "HOME": str(tmp_path), "CLOUDSDK_CONFIG": str(tmp_path),
                   "GCE_METADATA_HOST": host, "GCE_METADATA_IP": host}
    environment.pop("GOOGLE_APPLICATION_CREDENTIALS", None)
    if way == "environment":
        environment["GOOGLE_APPLICATION_CREDENTIALS"] = emulator.ready["credentials"]["service_account"]
    result = subprocess.run([sys.executable, "-c", TRY_DEFAULT, emulator.url, SCOPE], env=environment, capture_output=True, text=True,
                            timeout=60, check=False)
    assert result.returncode == 0, result.stderr
    module, project, about = json.loads(result.stdout)
    assert project == "emulated-project" and about["user"]["emailAddress"] == emulator.ready["service_account"]
    assert module == ("google.auth.compute_engine.credentials" if way == "metadata server" else "google.oauth2.service_account")


def test_tokens_expire_and_the_client_gets_a_new_one(emulator):
    client = drive(emulator)
    client.files().list().execute()
    emulator.forget_requests()
    emulator.admin("POST", "clock", {"advance_seconds": 3600})
    client.files().list().execute()
    # The client does not know that time passed there: it is told by a 401, signs in again and repeats.
    assert [entry["operation"] for entry in emulator.requests()] == ["files.list", "token", "files.list"]
    emulator.forget_requests()
    assert emulator.admin("POST", "tokens/expire")["expired"] > 0
    client.files().list().execute()
    assert [(entry["operation"], entry["status"]) for entry in emulator.requests()] == [
        ("files.list", 401), ("token", 200), ("files.list", 200)]


@pytest.mark.parametrize("scope, metadata, content", [
    ("drive.readonly", 200, 200), ("drive.metadata.readonly", 200, 403), ("cloud-platform", 403, 403), ("drive", 200, 200)])
def test_scopes_decide_what_may_be_done(emulator, scope, metadata, content):
    client = drive(emulator, service_account(emulator, [SCOPE.replace("drive.readonly", scope)]))
    file = drive(emulator).files().list(q="name = 'a.csv'").execute()["files"][0]["id"]
    for expected, request in ((metadata, client.files().list()), (content, client.files().get_media(fileId=file))):
        try:
            request.execute()
            assert expected == 200
        except HttpError as error:
            assert (error.status_code, reason(error)) == (expected, "insufficientPermissions")
            assert "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in error.content.decode()


def test_it_ends_when_its_lifeline_is_cut():
    emulator = start("--limit-seconds", 600)
    assert emulator.stop() == 0
    limited = start("--limit-seconds", 0.1)
    assert limited.process.wait(20) == 0
    parent = subprocess.run(
        [sys.executable, "-c", "import subprocess, sys; child = subprocess.Popen([sys.executable, '-m', 'emulators', 'drive'],"
                               "stdout=subprocess.PIPE); print(child.stdout.readline().decode())"],
        env={**os.environ, "PYTHONPATH": str(PACKAGE_FOLDER)},
        capture_output=True, text=True, timeout=60, check=True)
    orphan, deadline = json.loads(parent.stdout)["pid"], time.monotonic() + 20
    while os.path.exists(f"/proc/{orphan}") and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not os.path.exists(f"/proc/{orphan}")
