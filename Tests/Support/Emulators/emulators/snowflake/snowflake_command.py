"""`python -m emulators snowflake`: options, the folder of databases, stages' folders, a key pair. Runs in `.venv-snowflake`."""

import os
import pathlib
import subprocess
import sys
import tempfile

from ..kit import launch
from .snowflake_service import SnowflakeService

DESCRIPTION = "Snowflake's SQL API v2 and the connectors' protocol, on loopback, for tests. Needs fakesnow (scripts/setup-python snowflake)."
CONNECTION = """\
[{name}]
account = "{account}"
user = "{user}"
authenticator = "SNOWFLAKE_JWT"
private_key_file = "{key}"
host = "127.0.0.1"
port = {port}
protocol = "http"
database = "{database}"
warehouse = "{warehouse}"
role = "{role}"
"""


def run(arguments):
    options = parsed(arguments)
    if options.root:
        status = serve(options)
    else:
        with tempfile.TemporaryDirectory(prefix="snowflake-") as options.root:
            status = serve(options)
    # DuckDB's module reports at length what it finds unreleased when an interpreter ends in good order.
    sys.stderr.flush()
    os._exit(status)


def serve(options):
    try:
        folders = [mapped(each) for each in options.stage_files]
    except ValueError as error:
        launch.complain(error)
        return launch.USAGE_ERROR

    def make():
        return SnowflakeService(options.root, options.account, folders)

    def fill(service):
        for name in options.database or ["ECOM"]:
            service.engine.create_database(name.upper())
        if options.credentials:
            service.ready["credentials"] = credentials(options, service)

    return launch.run(options, make, fill)


def mapped(text):
    """(address with / at its end, folder) of ADDRESS=FOLDER."""
    url, equals, folder = text.rpartition("=")
    if not equals or "://" not in url:
        raise ValueError(f"--stage-files {text}: not ADDRESS=FOLDER")
    return url.rstrip("/") + "/", pathlib.Path(folder).resolve()


def credentials(options, service):
    """Makes a key pair and a connections.toml that leads a client here; their paths."""
    folder = pathlib.Path(options.credentials).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    key, public, connections = folder / "rsa_key.p8", folder / "rsa_key.pub", folder / "connections.toml"
    if not key.exists():
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", key], check=True,
                       stderr=subprocess.DEVNULL)
    public.write_bytes(subprocess.run(["openssl", "pkey", "-in", key, "-pubout"], check=True, capture_output=True).stdout)
    service.access.add_key(options.account, options.user, public.read_text())
    connections.write_text(CONNECTION.format(
        name="local", account=options.account, user=options.user, key=key, port=service.ready["port"],
        database=(options.database or ["ECOM"])[0].upper(), warehouse=service.settings.warehouse, role=service.settings.role))
    for path in (key, connections):
        os.chmod(path, 0o600)
    return {"key_file": str(key), "public_key_file": str(public), "connections": str(connections), "user": options.user}


def parsed(arguments):
    options = launch.parser("snowflake", DESCRIPTION)
    options.add_argument("--root", metavar="DIR", help="the databases, a file each (default: a temporary folder)")
    options.add_argument("--account", default="myorg-local", help="identifier of the account (default %(default)s)")
    options.add_argument("--user", default="LOADER", help="login name of the user with the key (default %(default)s)")
    options.add_argument("--database", metavar="NAME", action="append", help="make this database (default ECOM); may be repeated")
    options.add_argument("--stage-files", metavar="ADDRESS=FOLDER", action="append", default=[],
                         help="a container of a stage, such as azure://account.blob.core.windows.net/lake=DIR; may be repeated")
    options.add_argument("--credentials", metavar="DIR", help="write a key pair and a connections.toml into this folder (needs openssl)")
    return launch.parse(options, arguments)
