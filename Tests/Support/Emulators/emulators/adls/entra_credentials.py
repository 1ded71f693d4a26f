"""A credential of every kind, known to one running emulator. Secrets and keys are made anew."""

import os
import secrets
import subprocess
import uuid

from .entra_identities import TENANT

KEY_BITS = "2048"
DAYS = "2"


def write(folder, identities):
    """Makes one application and two managed identities known; {name: path or value} to use them."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    place = {name: os.path.join(folder, name) for name in ("client_secret", "certificate.pem", "federated_token", "private_key.pem",
                                                           "identity_header")}
    openssl("req", "-x509", "-newkey", f"rsa:{KEY_BITS}", "-nodes", "-days", DAYS, "-subj", "/CN=emulated", "-keyout",
            place["private_key.pem"], "-out", place["certificate.pem"])
    with open(place["certificate.pem"], encoding="ascii") as file:
        pem = file.read()
    with open(place["private_key.pem"], encoding="ascii") as file:
        private_key = file.read()
    # Clients want both in one file.
    put(place["certificate.pem"], private_key + pem)
    values = {name: secrets.token_urlsafe(24) for name in ("client_secret", "federated_token", "identity_header")}
    for name, value in values.items():
        put(place[name], value)
    client, machine, reader, stranger = (str(uuid.uuid4()) for _ in range(4))
    identities.update({
        "applications": [
            {"client_id": client, "secret": values["client_secret"], "federated_tokens": [values["federated_token"]],
             "certificates": [{"pem": pem, "public_key": openssl("x509", "-in", place["certificate.pem"], "-noout", "-pubkey")}]},
            {"client_id": stranger, "secret": values["client_secret"], "role": "none"}],
        "managed_identities": [{"client_id": machine}, {"client_id": reader, "role": "reader"}],
        "app_service_secret": values["identity_header"],
    })
    return {"tenant": TENANT, "client_id": client, "client_secret_file": place["client_secret"], "certificate": place["certificate.pem"],
            "federated_token_file": place["federated_token"], "identity_header_file": place["identity_header"],
            "machine_client_id": machine, "reader_client_id": reader, "stranger_client_id": stranger}


def openssl(*arguments):
    result = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    if result.returncode:
        raise OSError(f"openssl {arguments[0]}: {result.stderr.strip()}")
    return result.stdout


def put(path, text):
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
