"""The ADLS emulator verifies: shared keys, signatures of every kind, tokens from Entra and from managed identities, roles."""

import base64
import json
import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone
from email.utils import formatdate
from urllib.parse import urlsplit

import obstore
import pytest
from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.core.exceptions import HttpResponseError
from azure.identity import ManagedIdentityCredential
from azure.storage.blob import UserDelegationKey, generate_blob_sas, generate_container_sas
from azure.storage.filedatalake import generate_account_sas, generate_directory_sas, generate_file_sas, generate_file_system_sas
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from adls_clients import ACCOUNT, KEY, LAKE, VERSION, Raw, datalake, error_code, object_store, rclone, signatures, start

from emulators.adls import shared_key
from emulators.adls.crc64 import LANE_BYTES, ONES, crc64, crc64_text, stepped

KEYS = {"myadlsacct": bytes(range(64)), ACCOUNT: base64.b64decode(KEY)}
SCOPE = "https://storage.azure.com/.default"
RESOURCE = "https://storage.azure.com"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory):
    with start(tmp_path_factory.mktemp("adls"), "--credentials", tmp_path_factory.mktemp("credentials")) as running:
        datalake(running).get_file_client(LAKE, "dir/sub/a b.csv").upload_data(b"1,2\n", overwrite=True)
        datalake(running).get_file_client(LAKE, "other/b.csv").upload_data(b"3\n", overwrite=True)
        yield running


@pytest.fixture(scope="module")
def credentials(emulator):
    return emulator.ready["credentials"]


def later(hours=1):
    return datetime.now(timezone.utc) + timedelta(hours=hours)


def refusal(action):
    """(status, code) of what the SDK's call is refused with."""
    with pytest.raises(HttpResponseError) as refused:
        action()
    return refused.value.status_code, error_code(refused.value)


# ---- Shared key


@pytest.mark.parametrize("vector", signatures(), ids=lambda vector: vector["label"])
def test_the_signatures_of_the_vendors_client_reproduce(vector):
    parts = urlsplit(vector["url"])
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    scheme, _, rest = vector["authorization"].partition(" ")
    account, _, signature = rest.partition(":")
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    text = shared_key.string_to_sign(vector["method"], target, headers, account)
    assert (scheme, text) == ("SharedKey", vector["string_to_sign"])
    assert shared_key.signature(KEYS[account], text) == signature


def test_headers_sort_as_the_service_sorts_them():
    names = ["x-ms-meta-" + each for each in ("ab", "a-b", "a_b", "a1", "a.b", "abc", "b", "a-b-c", "ab-c")]
    assert [each[len("x-ms-meta-"):] for each in sorted(names, key=shared_key.culture_key)] == \
        ["a.b", "a_b", "a1", "ab", "a-b", "abc", "ab-c", "a-b-c", "b"]


def test_any_change_of_a_signed_request_is_refused(emulator):
    raw = Raw(emulator)
    assert raw("GET", f"/{LAKE}/dir/sub/a%20b.csv")[0] == 200
    assert Raw(emulator, key=base64.b64encode(b"another").decode()).code("GET", f"/{LAKE}/dir/sub/a%20b.csv") == \
        (403, "AuthenticationFailed")
    late = formatdate(time.time() - 16 * 60, usegmt=True)
    assert raw.code("GET", f"/{LAKE}/dir/sub/a%20b.csv", x_ms_date=late) == (403, "AuthenticationFailed")
    assert raw("GET", f"/{LAKE}/dir/sub/a%20b.csv", x_ms_date=formatdate(time.time() - 14 * 60, usegmt=True))[0] == 200
    assert raw.code("GET", f"/{LAKE}/dir/sub/a%20b.csv", x_ms_version=None) == (400, "MissingRequiredHeader")
    assert raw.code("GET", f"/{LAKE}/dir/sub/a%20b.csv", x_ms_version="soon") == (400, "InvalidHeaderValue")
    status, headers, body = raw("GET", f"/{LAKE}/dir/sub/a%20b.csv", signed=False)
    assert (status, headers["x-ms-error-code"]) == (401, "NoAuthenticationInformation")
    assert "login.microsoftonline.com" in headers["www-authenticate"] and b"<Code>NoAuthenticationInformation</Code>" in body
    wrong = AzureNamedKeyCredential(ACCOUNT, base64.b64encode(b"wrong").decode())
    assert refusal(lambda: list(datalake(emulator, wrong).get_file_system_client(LAKE).get_paths())) == (403, "AuthenticationFailed")


# What is sent in place of what was signed: everything else is equal.
CHANGES = [{"method": "HEAD"}, {"target": f"/{LAKE}/dir/sub/a%20b.csv"}, {"target": f"/{LAKE}/other/b.csv?timeout=31"},
           {"target": f"/{LAKE}/other/b%2Ecsv?timeout=30"}, {"if_match": "*"}, {"if_none_match": '"x"'}, {"range": "bytes=0-0"},
           {"content_type": "text/plain"}, {"content_md5": "1B2M2Y8AsgTpgAmY7PhCfg=="}, {"x_ms_range": "bytes=0-0"},
           {"x_ms_version": "2024-11-04"}, {"x_ms_client_request_id": "another"}, {"x_ms_lease_id": "1"}]


@pytest.mark.parametrize("change", [{}, *CHANGES], ids=str)
def test_a_signature_covers_each_part_of_a_request(emulator, change):
    signed = {"x-ms-version": VERSION, "x-ms-date": formatdate(usegmt=True), "x-ms-client-request-id": "mine", "content-length": "0"}
    target = f"/{LAKE}/other/b.csv?timeout=30"
    text = shared_key.string_to_sign("GET", f"/{ACCOUNT}{target}", signed, ACCOUNT)
    authorization = f"SharedKey {ACCOUNT}:{shared_key.signature(KEYS[ACCOUNT], text)}"
    sent = {name.replace("-", "_"): value for name, value in signed.items()} | {"authorization": authorization} | change
    status, told, _ = Raw(emulator)(sent.pop("method", "GET"), sent.pop("target", target), signed=False, **sent)
    assert (status, told.get("x-ms-error-code")) == ((403, "AuthenticationFailed") if change else (200, None))


@pytest.mark.parametrize("name, value", [("se", "2099-01-01T00:00:00Z"), ("st", "2020-01-01T00:00:00Z"), ("sp", "racwdl"), ("sip", "127.0.0.1"),
                                         ("spr", "https,http"), ("sv", "2021-06-08"), ("sr", "b"), ("rscd", "inline"), ("si", "policy")])
def test_a_shared_access_signature_covers_each_of_its_fields(emulator, name, value):
    given = dict(urllib.parse.parse_qsl(generate_file_system_sas(ACCOUNT, LAKE, KEY, permission="rl", expiry=later())))
    target = f"/{LAKE}/other/b.csv?"
    raw = Raw(emulator)
    assert raw("GET", target + urllib.parse.urlencode(given), signed=False)[0] == 200
    assert given.get(name) != value
    assert raw.code("GET", target + urllib.parse.urlencode({**given, name: value}), signed=False) == (403, "AuthenticationFailed")


def test_names_of_the_endpoints_and_escaped_slashes(emulator):
    host = urlsplit(emulator.ready["dfs_endpoint"]).netloc
    raw = Raw(emulator, base="")
    status, headers, body = raw("GET", f"/{LAKE}?resource=filesystem&recursive=true", host=host)
    assert status == 200 and len(json.loads(body)["paths"]) == 5 and headers["server"].startswith("Windows-Azure-HDFS")
    assert json.loads(raw("GET", f"/{LAKE}/none", host=host)[2])["error"]["code"] == "PathNotFound"
    blob = host.replace(".dfs.", ".blob.")
    assert b"<Code>BlobNotFound</Code>" in raw("GET", f"/{LAKE}/none", host=blob)[2]
    assert raw("GET", f"/{LAKE}/dir%2Fsub%2Fa%20b.csv", host=blob)[2] == b"1,2\n"


def test_an_account_may_forbid_its_key(emulator):
    emulator.admin("POST", "settings", {"key_access": False})
    try:
        assert Raw(emulator).code("GET", f"/{LAKE}/other/b.csv") == (403, "KeyBasedAuthenticationNotPermitted")
    finally:
        emulator.admin("POST", "settings", {"key_access": True})


# ---- Shared access signatures


def with_sas(emulator, sas):
    return datalake(emulator, AzureSasCredential(sas)).get_file_system_client(LAKE)


def test_an_account_signature_allows_what_it_says(emulator):
    # As a text the signature goes to the source of a rename too; as AzureSasCredential it does not.
    sas = generate_account_sas(ACCOUNT, KEY, "sco", "racwdl", later())
    lake = datalake(emulator, sas).get_file_system_client(LAKE)
    lake.get_file_client("sas/x").upload_data(b"abc", overwrite=True)
    assert refusal(lambda: with_sas(emulator, sas).get_file_client("sas/x").rename_file(f"{LAKE}/sas/y"))[0] == 403
    assert refusal(lambda: datalake(emulator, generate_account_sas(ACCOUNT, KEY, "sco", "rcwl", later()))
                   .get_file_client(LAKE, "sas/x").rename_file(f"{LAKE}/sas/y")) == (403, "AuthorizationPermissionMismatch")
    lake.get_file_client("sas/x").rename_file(f"{LAKE}/sas/y")
    assert [each.name for each in lake.get_paths("sas")] == ["sas/y"]
    reader = with_sas(emulator, generate_account_sas(ACCOUNT, KEY, "sco", "rl", later()))
    assert reader.get_file_client("sas/y").download_file().readall() == b"abc"
    assert refusal(lambda: reader.create_file("sas/z")) == (403, "AuthorizationPermissionMismatch")
    objects = with_sas(emulator, generate_account_sas(ACCOUNT, KEY, "o", "rl", later()))
    assert refusal(lambda: list(objects.get_paths())) == (403, "AuthorizationResourceTypeMismatch")


def test_signatures_expire_and_begin_and_cannot_be_changed(emulator):
    def read(sas):
        return with_sas(emulator, sas).get_file_client("other/b.csv").download_file().readall()

    def made(**more):
        return generate_file_system_sas(ACCOUNT, LAKE, KEY, **{"permission": "rl", "expiry": later(), **more})

    assert read(made()) == b"3\n"
    assert refusal(lambda: read(made(expiry=later(-1)))) == (403, "AuthenticationFailed")
    assert refusal(lambda: read(made(start=later(0.5)))) == (403, "AuthenticationFailed")
    assert refusal(lambda: read(made().replace("sp=rl", "sp=rwl"))) == (403, "AuthenticationFailed")
    assert refusal(lambda: read(made(protocol="https"))) == (403, "AuthorizationProtocolMismatch")
    assert refusal(lambda: read(made(ip="10.0.0.1-10.0.0.9"))) == (403, "AuthorizationSourceIPMismatch")
    assert read(made(ip="127.0.0.1")) == b"3\n"
    assert read(generate_container_sas(ACCOUNT, LAKE, KEY, permission="r", expiry=later())) == b"3\n"


def test_signatures_of_files_and_directories_reach_no_further(emulator):
    file = with_sas(emulator, generate_file_sas(ACCOUNT, LAKE, "dir/sub", "a b.csv", KEY, permission="r", expiry=later()))
    assert file.get_file_client("dir/sub/a b.csv").download_file().readall() == b"1,2\n"
    assert refusal(lambda: file.get_file_client("other/b.csv").download_file())[0] == 403
    directory = with_sas(emulator, generate_directory_sas(ACCOUNT, LAKE, "dir/sub", KEY, permission="rl", expiry=later()))
    assert directory.get_file_client("dir/sub/a b.csv").download_file().readall() == b"1,2\n"
    assert [each.name for each in directory.get_paths("dir/sub")] == ["dir/sub/a b.csv"]
    assert refusal(lambda: list(directory.get_paths("other")))[0] == 403
    assert refusal(lambda: list(directory.get_paths()))[0] == 403


def test_who_may_only_create_replaces_nothing(emulator):
    lake = with_sas(emulator, generate_file_system_sas(ACCOUNT, LAKE, KEY, permission="rc", expiry=later()))
    lake.create_file("sas/created")
    store = object_store(emulator, sas_key=generate_container_sas(ACCOUNT, LAKE, KEY, permission="rc", expiry=later()))
    obstore.put(store, "sas/put", b"1")
    assert refusal(lambda: lake.create_file("sas/created")) == (403, "AuthorizationPermissionMismatch")
    assert refusal(lambda: lake.create_file("sas/put")) == (403, "AuthorizationPermissionMismatch")
    with pytest.raises(obstore.exceptions.BaseError):
        obstore.put(store, "sas/put", b"2")
    assert bytes(obstore.get(store, "sas/put").bytes()) == b"1"


def test_a_containers_signature_is_for_what_is_in_it_only(emulator):
    everything = generate_file_system_sas(ACCOUNT, LAKE, KEY, permission="racwdlmeop", expiry=later())
    lake = with_sas(emulator, everything)
    for action in (lake.delete_file_system, lake.get_file_system_properties, lambda: lake.set_file_system_metadata({"a": "b"}),
                   lake.acquire_lease):
        assert refusal(action) == (403, "AuthorizationPermissionMismatch")
    account = generate_account_sas(ACCOUNT, KEY, "c", "rl", later())
    assert with_sas(emulator, account).get_file_system_properties().name == LAKE


def test_other_clients_use_signatures_too(emulator):
    sas = generate_container_sas(ACCOUNT, LAKE, KEY, permission="racwdl", expiry=later())
    store = object_store(emulator, sas_key=sas)
    obstore.put(store, "sas/store", b"by signature")
    assert bytes(obstore.get(store, "sas/store").bytes()) == b"by signature"
    assert emulator.requests(operation="blob.put")[-1]["query"]["sig"] == "hidden"
    url = f"{emulator.ready['endpoint']}/{LAKE}?{sas}"
    told = rclone(emulator, "cat", f":azureblob,sas_url='{url}':{LAKE}/sas/store")
    assert told in (None, b"by signature")


# ---- Microsoft Entra


def token(emulator, credentials, **form):
    """(status, body) of Entra's token endpoint."""
    data = {"grant_type": "client_credentials", "client_id": credentials["client_id"], "scope": SCOPE, **form}
    url = f"{emulator.ready['authority']}/{credentials['tenant']}/oauth2/v2.0/token"
    try:
        with urllib.request.urlopen(url, urllib.parse.urlencode(data).encode()) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def secret(credentials):
    return pathlib.Path(credentials["client_secret_file"]).read_text()


def with_bearer(emulator, text):
    raw = Raw(emulator)
    return lambda method, target, body=b"", **headers: raw(method, target, body, signed=False, authorization=f"Bearer {text}", **headers)


def assertion(emulator, credentials, **claims):
    """A JWT signed with the certificate's key by another implementation."""
    pem = pathlib.Path(credentials["certificate"]).read_bytes()
    key = serialization.load_pem_private_key(pem, None)
    certificate = x509.load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERT"):])
    def encoded(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

    header = {"alg": "RS256", "typ": "JWT", "x5t": encoded(certificate.fingerprint(hashes.SHA1()))}
    claims = {"aud": f"{emulator.ready['authority']}/{credentials['tenant']}/oauth2/v2.0/token", "iss": credentials["client_id"],
              "sub": credentials["client_id"], "jti": "1", "iat": int(time.time()), "exp": int(time.time()) + 600, **claims}
    message = ".".join(encoded(json.dumps(each).encode()) for each in (header, claims))
    return f"{message}.{encoded(key.sign(message.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


ASSERTION = {"client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}


def test_a_secret_a_certificate_and_a_federated_token_give_tokens(emulator, credentials):
    federated = pathlib.Path(credentials["federated_token_file"]).read_text()
    for form in ({"client_secret": secret(credentials)}, {**ASSERTION, "client_assertion": federated},
                 {**ASSERTION, "client_assertion": assertion(emulator, credentials)}):
        status, body = token(emulator, credentials, **form)
        assert (status, body["token_type"], body["expires_in"]) == (200, "Bearer", 3599)
        assert with_bearer(emulator, body["access_token"])("GET", f"/{LAKE}/other/b.csv")[2] == b"3\n"


def test_wrong_proofs_are_refused_as_entra_refuses(emulator, credentials):
    tampered = assertion(emulator, credentials)[:-8] + "AAAAAAAA"
    for form, status, number in (
            ({"client_secret": "wrong"}, 401, 7000215), ({}, 401, 7000216), ({**ASSERTION, "client_assertion": tampered}, 401, 700027),
            ({**ASSERTION, "client_assertion": assertion(emulator, credentials, aud="https://elsewhere")}, 401, 700023),
            ({**ASSERTION, "client_assertion": assertion(emulator, credentials, exp=1)}, 401, 700024),
            ({"client_id": "nobody", "client_secret": "x"}, 400, 700016),
            ({"client_secret": secret(credentials), "scope": "wrong"}, 400, 1002012)):
        told, body = token(emulator, credentials, **form)
        assert (told, body["error_codes"]) == (status, [number])
        assert body["error_description"].startswith(f"AADSTS{number}: ")


def test_object_store_signs_in_with_a_secret_a_file_and_the_machine(emulator, credentials):
    common = {"client_id": credentials["client_id"], "tenant_id": credentials["tenant"], "authority_host": emulator.ready["authority"]}
    imds = f"{emulator.url}/metadata/identity/oauth2/token"
    for config in ({**common, "client_secret": secret(credentials)},
                   {**common, "federated_token_file": credentials["federated_token_file"]},
                   {"msi_endpoint": imds, "client_id": credentials["machine_client_id"]}):
        assert bytes(obstore.get(object_store(emulator, **config), "other/b.csv").bytes()) == b"3\n"


def test_managed_identities_of_machines_and_app_service(emulator, credentials, monkeypatch):
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", emulator.url)
    given = ManagedIdentityCredential().get_token(SCOPE)
    assert with_bearer(emulator, given.token)("GET", f"/{LAKE}/other/b.csv")[0] == 200
    reader = ManagedIdentityCredential(client_id=credentials["reader_client_id"]).get_token(SCOPE).token
    assert with_bearer(emulator, reader)("GET", f"/{LAKE}/other/b.csv")[0] == 200
    status, headers, _ = with_bearer(emulator, reader)("PUT", f"/{LAKE}/x?resource=file")
    assert (status, headers["x-ms-error-code"]) == (403, "AuthorizationPermissionMismatch")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{emulator.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", pathlib.Path(credentials["identity_header_file"]).read_text())
    assert ManagedIdentityCredential(client_id=credentials["machine_client_id"]).get_token(SCOPE).token


def test_tokens_expire_and_are_for_storage_and_need_a_role(emulator, credentials):
    _, body = token(emulator, credentials, client_secret=secret(credentials))
    bearer = with_bearer(emulator, body["access_token"])
    emulator.script({"match": {"operation": "blob.get"}, "count": 1, "actions": [{"kind": "expire_token"}]})
    for _ in range(2):
        status, headers, _ = bearer("GET", f"/{LAKE}/other/b.csv")
        assert (status, headers["x-ms-error-code"]) == (401, "InvalidAuthenticationInfo")
        assert headers["www-authenticate"].startswith("Bearer authorization_uri=")
    emulator.script()
    _, body = token(emulator, credentials, client_secret=secret(credentials), scope="https://graph.microsoft.com/.default")
    assert with_bearer(emulator, body["access_token"])("GET", f"/{LAKE}/other/b.csv")[0] == 401
    _, body = token(emulator, credentials, client_id=credentials["stranger_client_id"], client_secret=secret(credentials))
    status, headers, _ = with_bearer(emulator, body["access_token"])("GET", f"/{LAKE}/other/b.csv")
    assert (status, headers["x-ms-error-code"]) == (403, "AuthorizationPermissionMismatch")


def test_signatures_with_a_user_delegation_key(emulator, credentials):
    _, body = token(emulator, credentials, client_secret=secret(credentials))
    start_text, end_text = (each.strftime("%Y-%m-%dT%H:%M:%SZ") for each in (later(-0.1), later()))
    asked = f"<KeyInfo><Start>{start_text}</Start><Expiry>{end_text}</Expiry></KeyInfo>".encode()
    target = "/?restype=service&comp=userdelegationkey"
    status, _, reply = with_bearer(emulator, body["access_token"])("POST", target, asked)
    assert status == 200
    key = UserDelegationKey()
    for name in ("SignedOid", "SignedTid", "SignedStart", "SignedExpiry", "SignedService", "SignedVersion", "Value"):
        attribute = "value" if name == "Value" else f"signed_{name[6:].lower()}"
        setattr(key, attribute, reply.decode().partition(f"<{name}>")[2].partition("<")[0])
    sas = generate_blob_sas(ACCOUNT, LAKE, "other/b.csv", user_delegation_key=key, permission="r", expiry=later())
    assert with_sas(emulator, sas).get_file_client("other/b.csv").download_file().readall() == b"3\n"
    assert refusal(lambda: with_sas(emulator, sas.replace("skoid=", "skoid=0")).get_file_client("other/b.csv").download_file())[0] == 403
    # What an older version signs is less than what a newer one signs: neither passes for the other.
    old = {**dict(urllib.parse.parse_qsl(sas)), "sv": "2023-11-03"}
    head = [old.get(name, "") for name in ("sp", "st", "se")] + [f"/blob/{ACCOUNT}/{LAKE}/other/b.csv"] + \
        [old.get(name, "") for name in ("skoid", "sktid", "skt", "ske", "sks", "skv", "saoid", "suoid", "scid")]
    tail = [old.get(name, "") for name in ("sip", "spr", "sv", "sr", "snapshot", "ses", "rscc", "rscd", "rsce", "rscl", "rsct")]
    for more, is_taken in (([], True), (["", ""], False)):
        signed = shared_key.signature(base64.b64decode(key.value), "\n".join([*head, *more, *tail]))
        file = with_sas(emulator, urllib.parse.urlencode({**old, "sig": signed})).get_file_client("other/b.csv")
        if is_taken:
            assert file.download_file().readall() == b"3\n"
        else:
            assert refusal(file.download_file) == (403, "AuthenticationFailed")
    directory = generate_directory_sas(ACCOUNT, LAKE, "dir", key, permission="racwdlm", expiry=later())
    with_sas(emulator, directory).get_file_client("dir/new").upload_data(b"n", overwrite=True)
    assert Raw(emulator).code("POST", target, asked) == (403, "AuthenticationFailed")


# ---- Checksums


@pytest.mark.parametrize("data, text", [(b"", "AAAAAAAAAAA="), (b"123456789", "iJh5CoYUi64="), (b"hello world", "vo7q9sPVKY0="),
                                        (bytes(range(256)) * 4, "RxTQGC+NjYg=")])
def test_crc64_of_known_bytes(data, text):
    assert crc64_text(data) == text


@pytest.mark.parametrize("length", [2 * LANE_BYTES - 1, 2 * LANE_BYTES, 2 * LANE_BYTES + 1, 5 * LANE_BYTES + 77])
def test_crc64_by_lanes_is_crc64_by_bytes(length):
    data = (bytes(range(251)) * (length // 251 + 1))[:length]
    assert crc64(data) == stepped(ONES, data) ^ ONES
