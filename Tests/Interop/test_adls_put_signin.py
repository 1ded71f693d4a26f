"""adls-put signs in to the lake in every way that Azure knows, and says in one clear line what is wrong when it cannot."""

import json
import pathlib
import re
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

import pytest
from azure.storage.blob import UserDelegationKey, generate_container_sas
from azure.storage.filedatalake import generate_account_sas, generate_directory_sas, generate_file_sas, generate_file_system_sas

import adls_put_program as program
from adls_clients import ACCOUNT, KEY, LAKE, start, tree
from adls_put_program import URL

SMALL_BLOCKS = ("--block-bytes", "64K")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with start(tmp_path_factory.mktemp("adls"), "--credentials", tmp_path_factory.mktemp("credentials")) as running:
        yield running


@pytest.fixture(scope="module")
def credentials(emulator):
    return emulator.ready["credentials"]


@pytest.fixture(autouse=True)
def no_faults(emulator):
    yield
    emulator.script()
    emulator.admin("POST", "settings", {"key_access": True, "token_seconds": 3599})


def later(hours=1):
    return datetime.now(timezone.utc) + timedelta(hours=hours)


def token_of(emulator, credentials, client_id=None):
    form = {"grant_type": "client_credentials", "client_id": client_id or credentials["client_id"],
            "client_secret": pathlib.Path(credentials["client_secret_file"]).read_text(), "scope": "https://storage.azure.com/.default"}
    url = f"{emulator.ready['authority']}/{credentials['tenant']}/oauth2/v2.0/token"
    with urllib.request.urlopen(url, urllib.parse.urlencode(form).encode()) as reply:
        return json.load(reply)["access_token"]


def delegation_key(emulator, credentials):
    times = [each.strftime("%Y-%m-%dT%H:%M:%SZ") for each in (later(-0.1), later())]
    body = f"<KeyInfo><Start>{times[0]}</Start><Expiry>{times[1]}</Expiry></KeyInfo>".encode()
    request = urllib.request.Request(
        f"{emulator.ready['endpoint']}/?restype=service&comp=userdelegationkey", body, method="POST",
        headers={"Authorization": f"Bearer {token_of(emulator, credentials)}", "x-ms-version": "2023-11-03"})
    with urllib.request.urlopen(request) as reply:
        text = reply.read().decode()
    key = UserDelegationKey()
    for name in ("SignedOid", "SignedTid", "SignedStart", "SignedExpiry", "SignedService", "SignedVersion", "Value"):
        attribute = "value" if name == "Value" else f"signed_{name[6:].lower()}"
        setattr(key, attribute, text.partition(f"<{name}>")[2].partition("<")[0])
    return key


def common(emulator, credentials):
    return {"AZURE_STORAGE_KEY": None, "AZURE_AUTHORITY_HOST": emulator.ready["authority"], "AZURE_TENANT_ID": credentials["tenant"],
            "AZURE_CLIENT_ID": credentials["client_id"], "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:9"}


def signatures(emulator, credentials):
    """{name: (signature, the folder below which it works)}"""
    everything = "racwdlm"
    return {
        "account": (generate_account_sas(ACCOUNT, KEY, "sco", "racwdl", later()), "s/account"),
        "container": (generate_file_system_sas(ACCOUNT, LAKE, KEY, permission=everything, expiry=later()), "s/container"),
        "folder": (generate_directory_sas(ACCOUNT, LAKE, "s/folder", KEY, permission=everything, expiry=later()), "s/folder"),
        "user": (generate_container_sas(ACCOUNT, LAKE, user_delegation_key=delegation_key(emulator, credentials), permission=everything,
                                        expiry=later()), "s/user"),
        "user's folder": (generate_directory_sas(ACCOUNT, LAKE, "s/users", delegation_key(emulator, credentials),
                                                 permission=everything, expiry=later()), "s/users"),
    }


def ways(emulator, credentials, folder):
    """{--auth: (variables, what `auto` calls it)}"""
    entra = common(emulator, credentials)
    secret = pathlib.Path(credentials["client_secret_file"])
    (folder / "az").write_text("#!/bin/sh\n[ \"$*\" = \"account get-access-token --output json --resource https://storage.azure.com"
                               " --tenant $AZURE_TENANT_ID\" ] || exit 2\n"
                               f"cat {folder}/az.json\n")
    (folder / "az").chmod(0o755)
    (folder / "az.json").write_text(json.dumps({"accessToken": token_of(emulator, credentials), "tokenType": "Bearer",
                                                "expires_on": int(time.time()) + 3000}))
    machine = {**entra, "AZURE_TENANT_ID": None, "AZURE_CLIENT_ID": credentials["machine_client_id"]}
    return {
        "client-secret": ({**entra, "AZURE_CLIENT_SECRET": secret.read_text()}, "client secret of"),
        "client-secret from a file": ({**entra, "AZURE_CLIENT_SECRET_FILE": secret}, "client secret of"),
        "client-certificate": ({**entra, "AZURE_CLIENT_CERTIFICATE_PATH": credentials["certificate"]}, "client certificate of"),
        "workload-identity": ({**entra, "AZURE_FEDERATED_TOKEN_FILE": credentials["federated_token_file"]}, "workload identity of"),
        "managed-identity": ({**machine, "AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.url}, "managed identity"),
        "managed-identity of App Service": ({**machine, "IDENTITY_ENDPOINT": f"{emulator.url}/msi/token",
                                             "IDENTITY_HEADER_FILE": credentials["identity_header_file"]}, "managed identity"),
        "azure-cli": ({**entra, "AZURE_CLIENT_ID": None, "PATH": f"{folder}:/usr/bin:/bin"}, "azure-cli"),
    }


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


# ---- What can be wrong

REQUEST_ID = re.compile(r"x-ms-request-id [0-9a-f-]{36}")


def one_line(done, *words, secrets=()):
    text = done.stderr.decode()
    assert text.count("\n") == 1 and done.stdout == b"", text
    for word in words:
        assert word in text, text
    for secret in secrets:
        assert secret not in text and urllib.parse.quote(secret, safe="") not in text
    return text


def refused(emulator, tmp_path, *words, status=77, secrets=(), to=f"{URL}/refused", **variables):
    """Every work of the program ends with the same one line."""
    (tmp_path / "f").write_bytes(b"f")
    for arguments in (["--list", f"{URL}/"], ["--cat", f"{URL}/x"], [tmp_path / "f", "--to", to]):
        done = program.run(emulator, *arguments, expect=status, **variables)
        text = one_line(done, *words, secrets=secrets)
        assert REQUEST_ID.search(text), text


def test_a_wrong_key(emulator, tmp_path):
    wrong = "d3Jvbmcgd3Jvbmcgd3Jvbmc="
    refused(emulator, tmp_path, "status 403: AuthenticationFailed", "shared key (AZURE_STORAGE_KEY) does not belong to account",
            secrets=[wrong], AZURE_STORAGE_KEY=wrong)


def test_an_account_that_takes_no_keys(emulator, tmp_path):
    emulator.admin("POST", "settings", {"key_access": False})
    refused(emulator, tmp_path, "KeyBasedAuthenticationNotPermitted", "see --auth")


def test_an_expired_and_a_damaged_signature(emulator, tmp_path):
    for signature in (generate_file_system_sas(ACCOUNT, LAKE, KEY, permission="racwdl", expiry=later(-1)),
                      generate_file_system_sas(ACCOUNT, LAKE, KEY, permission="racwdl", expiry=later()).replace("sp=racwdl", "sp=racwd")):
        sig = re.search(r"sig=([^&]+)", signature)[1]
        refused(emulator, tmp_path, "AuthenticationFailed", "it is good until 20", "AZURE_STORAGE_SAS_TOKEN",
                secrets=[sig, urllib.parse.unquote(sig)], AZURE_STORAGE_KEY=None, AZURE_STORAGE_SAS_TOKEN=signature)


def test_a_signature_that_permits_too_little(emulator, tmp_path):
    signature = generate_file_system_sas(ACCOUNT, LAKE, KEY, permission="rl", expiry=later())
    (tmp_path / "f").write_bytes(b"f")
    done = program.run(emulator, tmp_path / "f", "--to", f"{URL}/x", expect=77, AZURE_STORAGE_KEY=None,
                       AZURE_STORAGE_SAS_TOKEN=signature)
    assert REQUEST_ID.search(one_line(done, "AuthorizationPermissionMismatch", "sp=rl", "needs sp=racwdl"))


def test_a_signature_for_other_things_says_which_field_lacks_what(emulator):
    for types, services, code, words in (("o", "b", "AuthorizationResourceTypeMismatch", "(it has srt=o); adls-put needs srt=co"),
                                         ("sco", "q", "AuthorizationServiceMismatch", "(it has ss=q); adls-put needs ss=b")):
        signature = generate_account_sas(ACCOUNT, KEY, types, "racwdl", later(), services=services)
        done = program.run(emulator, "--list", f"{URL}/", expect=77, AZURE_STORAGE_KEY=None, AZURE_STORAGE_SAS_TOKEN=signature)
        one_line(done, code, words)


def test_a_signature_for_another_place_says_for_how_much_it_is(emulator):
    folder = generate_directory_sas(ACCOUNT, LAKE, "s/folder", KEY, permission="racwdl", expiry=later())
    file = generate_file_sas(ACCOUNT, LAKE, "s", "f", KEY, permission="racwd", expiry=later())
    for signature, words in ((folder, "it is for one folder only, 2 deep"), (file, "it is for one file and its own address only")):
        done = program.run(emulator, "--cat", f"{URL}/other/place/x", expect=77, AZURE_STORAGE_KEY=None, AZURE_STORAGE_SAS_TOKEN=signature)
        one_line(done, "AuthenticationFailed", words)


def test_a_signature_in_an_address_is_refused_and_not_shown(emulator):
    signature = generate_file_system_sas(ACCOUNT, LAKE, KEY, permission="rl", expiry=later())
    for address in (f"{URL}/x/", f"https://{ACCOUNT}.dfs.core.windows.net/{LAKE}/x/"):
        done = program.run(emulator, "--list", f"{address}?{signature}", expect=64)
        one_line(done, "a signature comes by AZURE_STORAGE_SAS_TOKEN", secrets=[re.search(r"sig=([^&]+)", signature)[1]])


def test_no_role(emulator, credentials, tmp_path):
    secret = pathlib.Path(credentials["client_secret_file"]).read_text()
    variables = {**common(emulator, credentials), "AZURE_CLIENT_ID": credentials["stranger_client_id"], "AZURE_CLIENT_SECRET": secret}
    refused(emulator, tmp_path, "AuthorizationPermissionMismatch", "needs the role Storage Blob Data Contributor", secrets=[secret],
            SLUICE_ADLS_AUTH="client-secret", **variables)


def test_a_missing_container(emulator, tmp_path):
    elsewhere = URL.replace(f"{LAKE}@", "nowhere@")
    (tmp_path / "f").write_bytes(b"f")
    (tmp_path / "large").write_bytes(b"f" * 200_000)
    for arguments in (["--list", f"{elsewhere}/"], ["--cat", f"{elsewhere}/x"], [tmp_path / "f", "--to", f"{elsewhere}/x"],
                      [tmp_path / "large", "--to", f"{elsewhere}/x", *SMALL_BLOCKS], ["--lease", f"{elsewhere}/x", "--", "true"]):
        text = one_line(program.run(emulator, *arguments, expect=78), "NotFound", "has no container nowhere: create it")
        assert REQUEST_ID.search(text), text


def test_a_clock_that_is_off(tmp_path):
    with start(tmp_path) as ahead:
        ahead.admin("POST", "clock", {"advance_seconds": 3600})
        refused(ahead, tmp_path, "AuthenticationFailed", "this machine's clock is", "minutes slow: set it right")


def test_wrong_proofs_to_the_sign_in_service(emulator, credentials, tmp_path):
    entra = common(emulator, credentials)
    done = program.run(emulator, "--list", f"{URL}/", "--auth", "client-secret", expect=77, **entra, AZURE_CLIENT_SECRET="verysecret")
    one_line(done, "AADSTS7000215", secrets=["verysecret"])
    missing = program.run(emulator, "--list", f"{URL}/", "--auth", "managed-identity", expect=77,
                          **{**entra, "AZURE_CLIENT_ID": "nobody", "AZURE_POD_IDENTITY_AUTHORITY_HOST": emulator.url})
    one_line(missing, "Identity not found")
    nothing = program.run(emulator, "--list", f"{URL}/", expect=77, **{**entra, "AZURE_CLIENT_ID": None, "PATH": "/nowhere"})
    text = one_line(nothing, "no credentials for the lake", "managed identity: ", "azure-cli: ")
    assert text.count("azure-cli") == 1, text
    broken = tmp_path / "az"
    broken.write_text("#!/bin/sh\necho 'WARNING: You have 2 update(s) available.' >&2\necho 'ERROR: Please run az login to setup account.' >&2\nexit 1\n")
    broken.chmod(0o755)
    asked = program.run(emulator, "--list", f"{URL}/", "--auth", "azure-cli", expect=77, **{**entra, "PATH": f"{tmp_path}:/usr/bin:/bin"})
    one_line(asked, "az ended with 1: ERROR: Please run az login")


def test_a_bad_address_of_a_sign_in_service_is_named(emulator, credentials):
    entra = common(emulator, credentials) | {"AZURE_CLIENT_SECRET": "x"}
    for name, value in (("AZURE_AUTHORITY_HOST", "ftp://login"), ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://a b")):
        method = "client-secret" if "AUTHORITY_HOST" == name[6:] else "managed-identity"
        done = program.run(emulator, "--list", f"{URL}/", "--auth", method, expect=78, **(entra | {name: value}))
        one_line(done, f"{name}: the address")
    # As Azure's own tools take it: a host alone is spoken to by https.
    process = program.start(emulator, "--list", f"{URL}/", "--auth", "client-secret", "-v", **(entra | {"AZURE_AUTHORITY_HOST": "127.0.0.1:9"}))
    told = next((line for line in process.stderr if b"127.0.0.1:9" in line), b"")
    process.kill()
    process.communicate()
    assert b"https://127.0.0.1:9/" in told and b"again in" in told


def test_something_silent_where_the_machines_identity_is_looked_for_is_given_up(emulator, credentials):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host = f"http://127.0.0.1:{silent.getsockname()[1]}"
        entra = common(emulator, credentials) | {"AZURE_CLIENT_ID": None, "PATH": "/nowhere", "AZURE_POD_IDENTITY_AUTHORITY_HOST": host}
        began = time.monotonic()
        one_line(program.run(emulator, "--list", f"{URL}/", expect=77, **entra), "managed identity: ", "no answer within the time limit")
        assert time.monotonic() - began < 40


def test_a_machine_whose_identity_service_is_busy_is_no_machine_without_one(emulator, credentials, tmp_path):
    variables, said = ways(emulator, credentials, tmp_path)["managed-identity"]
    emulator.script({"match": {"operation": "identity.imds"}, "count": 1, "actions": [{"kind": "status", "status": 429, "retry_after": 0}]})
    assert f"signed in by {said}" in program.run(emulator, "--list", f"{URL}/nothing/", **variables).stderr.decode()
    emulator.script({"match": {"operation": "identity.imds"}, "actions": [{"kind": "status", "status": 429, "retry_after": 0}]})
    one_line(program.run(emulator, "--list", f"{URL}/nothing/", expect=75, **variables), "managed identity", "status 429")


def test_no_service_and_no_name(emulator, tmp_path):
    gone = program.run(emulator, "--list", f"{URL}/", expect=69, SLUICE_ADLS_ENDPOINT="http://127.0.0.1:9/devstoreaccount1")
    one_line(gone, "127.0.0.1", "attempts")
    plain = program.run(emulator, "--list", f"{URL}/", expect=78, SLUICE_ADLS_ENDPOINT="http://example.com")
    one_line(plain, "plain http is allowed only to this machine")


def test_no_secret_is_in_a_report_or_a_log(emulator, tmp_path):
    signature = generate_file_system_sas(ACCOUNT, LAKE, KEY, permission="racwdlm", expiry=later())
    (tmp_path / "large").write_bytes(b"f" * 200_000)
    emulator.script({"probability": 0.3, "per_request": 1, "actions": [{"kind": "status", "status": 503}]})
    done = program.run(emulator, tmp_path / "large", "--to", f"{URL}/secret", "-v", "--report", tmp_path / "report", *SMALL_BLOCKS,
                       AZURE_STORAGE_KEY=None, AZURE_STORAGE_SAS_TOKEN=signature)
    sig = re.search(r"sig=([^&]+)", signature)[1]
    for text in (done.stderr.decode(), done.stdout.decode(), (tmp_path / "report").read_text()):
        assert sig not in text and urllib.parse.unquote(sig) not in text
    assert b"again in" in done.stderr
