"""Microsoft's own identity library and SDKs against the ADLS emulator behind TLS: tokens by every credential, user delegation."""

import pathlib
import subprocess
import sys
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError
from azure.identity import CertificateCredential, ClientSecretCredential, DefaultAzureCredential, WorkloadIdentityCredential
from azure.storage.filedatalake import DataLakeServiceClient, generate_directory_sas

from adls_clients import ACCOUNT, LAKE, ROOT, datalake, error_code, start

START_SECONDS = 20
SCOPE = "https://storage.azure.com/.default"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A server certificate for the loopback address with its key, in one file; clients trust it by name."""
    place = tmp_path_factory.mktemp("tls")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
                    "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", place / "key", "-out", place / "certificate"],
                   check=True, capture_output=True)
    both = place / "both.pem"
    both.write_bytes((place / "key").read_bytes() + (place / "certificate").read_bytes())
    return both


@pytest.fixture(scope="module")
def emulator(tmp_path_factory, certificate):
    """`secure` is its address behind TLS."""
    folder = tmp_path_factory.mktemp("adls")
    with start(folder, "--credentials", folder / "credentials") as running:
        port_file = folder / "port"
        server = subprocess.Popen(
            [sys.executable, ROOT / "Tests" / "Support" / "tls_server.py", "tls", "--certificate", certificate, "--to",
             str(urlsplit(running.url).port), "--port-file", port_file], stdin=subprocess.PIPE)
        deadline = time.monotonic() + START_SECONDS
        while not port_file.exists():
            assert time.monotonic() < deadline and server.poll() is None
            time.sleep(0.05)
        running.secure = f"https://localhost:{port_file.read_text()}"
        running.admin("POST", "settings", {"public_url": running.secure})
        yield running
        server.stdin.close()
        server.wait(START_SECONDS)


@pytest.fixture(autouse=True)
def trust(monkeypatch, certificate):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))


def lake(emulator, credential):
    service = DataLakeServiceClient(f"{emulator.secure}/{ACCOUNT}", credential=credential, retry_total=0)
    return service.get_file_system_client(LAKE)


def common(emulator, **changes):
    given = emulator.ready["credentials"]
    return {"tenant_id": given["tenant"], "client_id": given["client_id"], "authority": emulator.secure,
            "disable_instance_discovery": True, **changes}


def secret(emulator):
    return pathlib.Path(emulator.ready["credentials"]["client_secret_file"]).read_text()


def by_secret(emulator, **changes):
    return ClientSecretCredential(client_secret=secret(emulator), **common(emulator, **changes))


CREDENTIALS = {
    "secret": by_secret,
    "certificate": lambda emulator: CertificateCredential(certificate_path=emulator.ready["credentials"]["certificate"], **common(emulator)),
    "workload": lambda emulator: WorkloadIdentityCredential(
        token_file_path=emulator.ready["credentials"]["federated_token_file"], **common(emulator)),
}


@pytest.mark.parametrize("kind", CREDENTIALS)
def test_a_session_with_each_credential(emulator, kind):
    files = lake(emulator, CREDENTIALS[kind](emulator))
    files.get_file_client(f"{kind}/x").upload_data(kind.encode(), overwrite=True)
    files.create_directory(f"{kind}/final")
    files.get_file_client(f"{kind}/x").rename_file(f"{LAKE}/{kind}/final/y")
    assert files.get_file_client(f"{kind}/final/y").download_file().readall() == kind.encode()
    assert {entry["principal"] for entry in emulator.requests(operation="path.*", subject=f"{LAKE}/{kind}/*")} == \
        {emulator.ready["credentials"]["client_id"]}


def test_the_default_credential_reads_the_environment(emulator, monkeypatch):
    given = emulator.ready["credentials"]
    for name, value in (("TENANT_ID", given["tenant"]), ("CLIENT_ID", given["client_id"]), ("CLIENT_SECRET", secret(emulator)),
                        ("AUTHORITY_HOST", emulator.secure), ("TOKEN_CREDENTIALS", "EnvironmentCredential")):
        monkeypatch.setenv(f"AZURE_{name}", value)
    assert DefaultAzureCredential(disable_instance_discovery=True).get_token(SCOPE).token


def test_who_has_no_role_or_a_wrong_secret_stays_out(emulator):
    stranger = by_secret(emulator, client_id=emulator.ready["credentials"]["stranger_client_id"])
    with pytest.raises(HttpResponseError) as refused:
        lake(emulator, stranger).create_file("nothing")
    assert (refused.value.status_code, error_code(refused.value)) == (403, "AuthorizationPermissionMismatch")
    with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
        ClientSecretCredential(client_secret="wrong", **common(emulator)).get_token(SCOPE)


def test_a_user_delegation_key_signs_for_a_directory(emulator):
    service = DataLakeServiceClient(f"{emulator.secure}/{ACCOUNT}", credential=by_secret(emulator), retry_total=0)
    now = datetime.now(timezone.utc)
    key = service.get_user_delegation_key(now - timedelta(minutes=5), now + timedelta(hours=1))
    sas = generate_directory_sas(ACCOUNT, LAKE, "delegated", key, permission="racwdlm", expiry=now + timedelta(minutes=30))
    files = datalake(emulator, sas).get_file_system_client(LAKE)
    files.get_file_client("delegated/x").upload_data(b"x", overwrite=True)
    files.get_file_client("delegated/x").rename_file(f"{LAKE}/delegated/y")
    assert [each.name for each in files.get_paths("delegated")] == ["delegated/y"]
    with pytest.raises(HttpResponseError) as refused:
        files.create_file("elsewhere/x")
    assert refused.value.status_code == 403
