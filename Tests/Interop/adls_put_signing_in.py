"""An emulator with credentials of every kind, and the variables that lead adls-put to each: what the tests of signing in need."""

import json
import pathlib
import time
import urllib.parse
import urllib.request
from datetime import datetime, timedelta, timezone

import pytest
from azure.storage.blob import UserDelegationKey, generate_container_sas
from azure.storage.filedatalake import generate_account_sas, generate_directory_sas, generate_file_system_sas

from adls_clients import ACCOUNT, KEY, LAKE, start

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


def one_line(done, *words, secrets=()):
    text = done.stderr.decode()
    assert text.count("\n") == 1 and done.stdout == b"", text
    for word in words:
        assert word in text, text
    for secret in secrets:
        assert secret not in text and urllib.parse.quote(secret, safe="") not in text
    return text
