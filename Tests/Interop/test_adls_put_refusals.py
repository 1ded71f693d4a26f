"""adls-put says in one clear line, with the service's code and request id and without a secret, why it cannot sign in to the lake."""

import pathlib
import re
import socket
import time
import urllib.parse

from azure.storage.filedatalake import generate_account_sas, generate_directory_sas, generate_file_sas, generate_file_system_sas

import adls_put_program as program
from adls_clients import ACCOUNT, KEY, LAKE, start
from adls_put_program import URL
from adls_put_signing_in import SMALL_BLOCKS, common, later, one_line, ways
from adls_put_signing_in import credentials, emulator, no_faults  # noqa: F401 fixtures

REQUEST_ID = re.compile(r"x-ms-request-id [0-9a-f-]{36}")


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
