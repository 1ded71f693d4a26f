"""Credential files of every kind that Application Default Credentials know, valid for one running emulator.

The key is made anew in a new folder; in one that an earlier emulator was given, its key stays.
"""

import json
import os
import subprocess

from .access_tokens import SCOPE_PREFIX
from .identities import OWNER, PROJECT, PULLER

KEY_ID = "0123456789abcdef0123456789abcdef01234567"
KEY_BITS = "2048"
CLIENT = {"client_id": "emulated-client", "client_secret": "emulated-client-secret"}
REFRESH_TOKEN = "1//emulated-refresh-token"
SUBJECT_TOKEN = "emulated-subject-token"
WORKLOAD = "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/subject/workload"
AUDIENCE = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider"


def write(folder, url, identities):
    """Writes the files, makes the identities known, and returns {kind: path}."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    private_key = earlier_key(folder) or openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{KEY_BITS}")
    public_key = openssl("pkey", "-pubout", given=private_key)
    identities.update({
        "service_accounts": [{"address": PULLER, "key_id": KEY_ID, "public_key": public_key, "subjects": [OWNER],
                              "delegated_scopes": [SCOPE_PREFIX + "drive.readonly"]}],
        "refresh_tokens": [{"token": REFRESH_TOKEN, "address": OWNER, **CLIENT}],
        "subject_tokens": {SUBJECT_TOKEN: WORKLOAD},
        "identity_token": SUBJECT_TOKEN,
    })
    token_file = os.path.join(folder, "subject_token.txt")
    put(token_file, SUBJECT_TOKEN)
    found = {}
    for kind, value in documents(url, private_key, token_file).items():
        found[kind] = os.path.join(folder, f"{kind}.json")
        put(found[kind], json.dumps(value, indent=2) + "\n")
    return found


def earlier_key(folder):
    """The key of the account that an earlier emulator made in this folder, or None: to find two primes takes longer than to start."""
    try:
        with open(os.path.join(folder, "service_account.json"), encoding="utf-8") as file:
            return json.load(file)["private_key"]
    except FileNotFoundError:
        return None


def documents(url, private_key, token_file):
    user = {"type": "authorized_user", **CLIENT, "refresh_token": REFRESH_TOKEN, "token_uri": f"{url}/token"}
    account = {
        "type": "service_account", "project_id": PROJECT, "private_key_id": KEY_ID, "private_key": private_key, "client_email": PULLER,
        "client_id": "100000000000000000000", "token_uri": f"{url}/token", "universe_domain": "googleapis.com",
    }
    impersonation = f"{url}/v1/projects/-/serviceAccounts/{PULLER}:generateAccessToken"
    workload = {
        "type": "external_account", "audience": AUDIENCE, "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": f"{url}/v1/token", "service_account_impersonation_url": impersonation, "universe_domain": "googleapis.com",
    }
    identity = {"url": f"{url}/metadata/identity/oauth2/token", "headers": {"Metadata": "True"},
                "format": {"type": "json", "subject_token_field_name": "access_token"}}
    return {
        "service_account": account,
        "authorized_user": user,
        "external_account": {**workload, "credential_source": {"file": token_file}},
        "external_account_url": {**workload, "credential_source": identity},
        "impersonated_service_account": {"type": "impersonated_service_account", "service_account_impersonation_url": impersonation,
                                         "delegates": [], "source_credentials": user},
    }


def openssl(*arguments, given=None):
    """Runs openssl; OSError says when there is none."""
    result = subprocess.run(["openssl", *arguments], input=given, capture_output=True, text=True, check=False)
    if result.returncode:
        raise OSError(f"openssl {arguments[0]}: {result.stderr.strip()}")
    return result.stdout


def put(path, text):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
