"""The local Snowflake as tests use it: started in its own environment, spoken to by independent clients there."""

import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Support" / "Emulators"))

from emulators.kit.running import RunningEmulator  # noqa: E402

PYTHON = ROOT / ".venv-snowflake" / "bin" / "python"
LIMIT_SECONDS = 120
CONTAINER = "azure://devstoreaccount1.blob.core.windows.net/lake"


def start(folder, *arguments):
    """A service whose key pair and connections.toml lie in `folder`, and whose container is `folder`/lake."""
    (folder / "lake").mkdir(exist_ok=True)
    return RunningEmulator(
        "snowflake", "--root", folder / "snowflake", "--credentials", folder / "credentials",
        "--stage-files", f"{CONTAINER}={folder / 'lake'}", *arguments, python=PYTHON)


def client(service, code):
    """Runs Python in the clients' environment, with what it needs to connect in `ready`; what it leaves in `answer`."""
    text = f"import json, sys\nready = json.loads(sys.argv[1])\n{code}\nprint(json.dumps(answer, default=str))\n"
    done = subprocess.run([PYTHON, "-c", text, json.dumps(service.ready)], capture_output=True, text=True, timeout=LIMIT_SECONDS,
                          env={**os.environ, "SF_OCSP_TESTING_MODE": "true"})
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def look(service, sql):
    """Rows of a query in DuckDB's words, over everything that is committed."""
    return [tuple(row) for row in service.admin("POST", "query", {"sql": sql})["rows"]]


CONNECTOR = """
from cryptography.hazmat.primitives import serialization
import snowflake.connector
key = serialization.load_pem_private_key(open(ready["credentials"]["key_file"], "rb").read(), None).private_bytes(
    serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
connection = snowflake.connector.connect(
    host="127.0.0.1", port=ready["port"], protocol="http", account=ready["account"], user=ready["credentials"]["user"],
    authenticator="SNOWFLAKE_JWT", private_key=key, database="ECOM", warehouse=ready["warehouse"], login_timeout=20)
cursor = connection.cursor()
def ask(sql):
    return [list(row) for row in cursor.execute(sql).fetchall()]
"""

# The transport leads the client, which knows https and the account's own host only, to the service.
SQL_API = """
import httpx
from snowflake_sql_api import SnowflakeClient
class Lead(httpx.BaseTransport):
    def __init__(self):
        self.inner = httpx.HTTPTransport()
    def handle_request(self, request):
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=ready["port"])
        return self.inner.handle_request(request)
"""
