"""adls-put signs in to the lake in every way that Azure knows."""

import json
import pathlib
import subprocess
from datetime import datetime, timedelta, timezone

import pytest
from azure.storage.filedatalake import generate_file_sas

import adls_put_program as program
from adls_clients import ACCOUNT, KEY, LAKE, tree
from adls_put_program import URL
from adls_put_signing_in import SMALL_BLOCKS, common, later, one_line, signatures, token_of, ways
from adls_put_signing_in import credentials, emulator, no_faults  # noqa: F401 fixtures

WAYS = ["client-secret", "client-secret from a file", "client-certificate", "workload-identity", "managed-identity",
        "managed-identity of App Service", "azure-cli"]


def check_works(emulator, folder, tmp_path, *arguments, **variables):
    """A small and a large file go up, are listed, read, and come back."""
    for name, data in (("small", b"s"), ("large", bytes(range(256)) * 700)):
        (tmp_path / name).write_bytes(data)
        line = program.put(emulator, tmp_path / name, f"{URL}/{folder}/{name}", *SMALL_BLOCKS, *arguments, **variables)
        assert line["status"] == "stored"
        got = program.run(emulator, "--cat", f"{URL}/{folder}/{name}", *arguments, **variables)
        assert got.stdout == data
    done = program.run(emulator, "--list", f"{URL}/{folder}/", *arguments, **variables)
    assert [line["path"] for line in program.lines(done)] == ["large", "small"]
    return done.stderr.decode()


@pytest.mark.parametrize("way", WAYS)
def test_entra_and_managed_identities(emulator, credentials, tmp_path, way):
    variables, said = ways(emulator, credentials, tmp_path)[way]
    method = way.split(" ")[0]
    assert check_works(emulator, f"entra/{way}/named", tmp_path, "--auth", method, **variables) == ""
    assert f"signed in by {said}" in check_works(emulator, f"entra/{way}/auto", tmp_path, **variables)


def test_a_named_method_in_the_environment_needs_no_option(emulator, credentials, tmp_path):
    variables, _ = ways(emulator, credentials, tmp_path)["client-secret"]
    assert check_works(emulator, "entra/variable", tmp_path, SLUICE_ADLS_AUTH="client-secret", **variables) == ""
    wrong = program.run(emulator, "--list", f"{URL}/", expect=78, SLUICE_ADLS_AUTH="magic")
    assert b"SLUICE_ADLS_AUTH is magic" in wrong.stderr


@pytest.mark.parametrize("kind", ["account", "container", "folder", "user", "user's folder"])
def test_shared_access_signatures(emulator, credentials, tmp_path, kind):
    signature, folder = signatures(emulator, credentials)[kind]
    assert check_works(emulator, folder, tmp_path, "--auth", "sas", AZURE_STORAGE_KEY=None, AZURE_STORAGE_SAS_TOKEN=f"?{signature}") == ""
    assert not [path for path in tree(emulator) if "sluice-" in path]


def test_a_signature_for_one_file_is_enough_for_that_file(emulator, tmp_path):
    """Also for a large one, although no temporary name is in its reach."""
    for name, data in (("small", b"s"), ("large", bytes(range(256)) * 700)):
        (tmp_path / name).write_bytes(data)
        signature = generate_file_sas(ACCOUNT, LAKE, "s/one", name, KEY, permission="racwd", expiry=later())
        variables = {"AZURE_STORAGE_KEY": None, "AZURE_STORAGE_SAS_TOKEN": signature}
        assert program.put(emulator, tmp_path / name, f"{URL}/s/one/{name}", *SMALL_BLOCKS, **variables)["status"] == "stored"
        assert program.run(emulator, "--cat", f"{URL}/s/one/{name}", **variables).stdout == data


def test_tokens_that_end_during_a_large_upload_are_renewed_in_time(emulator, credentials, tmp_path):
    variables, _ = ways(emulator, credentials, tmp_path)["client-secret"]
    emulator.admin("POST", "settings", {"token_seconds": 4})
    emulator.script({"match": {"operation": "path.append"}, "actions": [{"kind": "latency", "seconds": 0.5}]})
    emulator.forget_requests()
    (tmp_path / "f").write_bytes(bytes(range(256)) * 256 * 16)
    line = program.put(emulator, tmp_path / "f", f"{URL}/entra/long", *SMALL_BLOCKS, "--jobs", "2", "--auth", "client-secret", **variables)
    assert line["status"] == "stored"
    assert len(emulator.requests(operation="token")) > 1


def test_a_federated_token_that_was_replaced_in_its_file_is_read_again(emulator, credentials, tmp_path):
    """A cluster rotates it, and the old one is refused."""
    variables, _ = ways(emulator, credentials, tmp_path)["workload-identity"]
    old = pathlib.Path(credentials["federated_token_file"]).read_text()
    (tmp_path / "token").write_text(old)
    (tmp_path / "f").write_bytes(bytes(range(256)) * 256 * 3)
    emulator.script({"match": {"operation": "path.append"}, "skip": 1, "count": 1, "actions": [{"kind": "latency", "seconds": 1.5}]})
    emulator.forget_requests()
    process = program.start(emulator, tmp_path / "f", "--to", f"{URL}/entra/rotated", *SMALL_BLOCKS, "--jobs", "1", "--auth",
                            "workload-identity", **{**variables, "AZURE_FEDERATED_TOKEN_FILE": tmp_path / "token"})
    assert emulator.admin("GET", "requests/wait", operation="path.append", count=2, seconds=30)["enough"]
    application = {"client_id": credentials["client_id"], "secret": pathlib.Path(credentials["client_secret_file"]).read_text()}
    try:
        emulator.admin("POST", "identities", {"applications": [application | {"federated_tokens": ["rotated"]}]})
        (tmp_path / "token").write_text("rotated\n")
        emulator.admin("POST", "tokens/expire")
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        assert [each["status"] for each in emulator.requests(operation="token")] == [200, 200]
    finally:
        pem = pathlib.Path(credentials["certificate"]).read_text()
        public = subprocess.run(["openssl", "x509", "-in", credentials["certificate"], "-noout", "-pubkey"], check=True,
                                capture_output=True, text=True).stdout
        certificate = {"pem": pem[pem.index("-----BEGIN CERT"):], "public_key": public}
        emulator.admin("POST", "identities", {"applications": [application | {"federated_tokens": [old], "certificates": [certificate]}]})


def pfx(credentials, path, *options):
    subprocess.run(["openssl", "pkcs12", "-export", "-in", credentials["certificate"], "-inkey", credentials["certificate"], "-out", path,
                    "-passout", "pass:verysecret", *options], check=True, capture_output=True)
    return path


def test_certificates_in_pkcs12_files_of_any_age(emulator, credentials, tmp_path):
    entra = {**common(emulator, credentials), "AZURE_CLIENT_CERTIFICATE_PASSWORD": "verysecret"}
    triple_des = ("-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "SHA1")
    for name, options in (("aes", ()), ("triple-des", triple_des)):
        path = pfx(credentials, tmp_path / name, *options)
        check_works(emulator, f"entra/{name}", tmp_path, "--auth", "client-certificate", **entra, AZURE_CLIENT_CERTIFICATE_PATH=path)
    path = pfx(credentials, tmp_path / "rc2", "-legacy")
    for word, told in (("verysecret", "no longer read, such as RC2: export it again"), ("wrong", "the passphrase does not open")):
        done = program.run(emulator, "--list", f"{URL}/", "--auth", "client-certificate", expect=78,
                           **{**entra, "AZURE_CLIENT_CERTIFICATE_PATH": path, "AZURE_CLIENT_CERTIFICATE_PASSWORD": word})
        one_line(done, told, "AZURE_CLIENT_CERTIFICATE_PATH", secrets=["verysecret"])


def test_a_token_that_ends_in_between_is_replaced(emulator, credentials, tmp_path):
    variables, _ = ways(emulator, credentials, tmp_path)["client-secret"]
    emulator.script({"match": {"operation": "path.append"}, "count": 1, "actions": [{"kind": "expire_token"}]})
    check_works(emulator, "entra/renewed", tmp_path, "--auth", "client-secret", **variables)


def test_a_busy_sign_in_service_is_asked_again(emulator, credentials, tmp_path):
    variables, _ = ways(emulator, credentials, tmp_path)["client-secret"]
    emulator.script({"match": {"operation": "token"}, "count": 2, "actions": [{"kind": "status", "status": 503}]})
    check_works(emulator, "entra/busy", tmp_path, "--auth", "client-secret", **variables)


def test_an_older_azure_cli_tells_the_end_of_its_token_in_local_time(emulator, credentials, tmp_path):
    variables, _ = ways(emulator, credentials, tmp_path)["azure-cli"]
    # Four hours behind: taken for UTC, this token would be over, and asked for with each request.
    local = datetime.now(timezone(timedelta(hours=-4))) + timedelta(hours=1)
    (tmp_path / "az.json").write_text(json.dumps({"accessToken": token_of(emulator, credentials), "tokenType": "Bearer",
                                                  "expiresOn": local.strftime("%Y-%m-%d %H:%M:%S.%f")}))
    (tmp_path / "az").write_text((tmp_path / "az").read_text() + f"echo asked >> {tmp_path}/calls\n")
    (tmp_path / "f").write_bytes(bytes(200_000))
    program.put(emulator, tmp_path / "f", f"{URL}/entra/local-time", *SMALL_BLOCKS, "--auth", "azure-cli", TZ="THERE4", **variables)
    assert (tmp_path / "calls").read_text() == "asked\n"
