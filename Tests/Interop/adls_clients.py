"""The vendors' and others' clients against the ADLS emulator: what test_adls_emulator*.py need."""

import base64
import http.client
import json
import pathlib
import shutil
import subprocess
import sys
import uuid
from email.utils import formatdate
from urllib.parse import urlsplit

import adlfs
import obstore.store
import pyarrow.fs
from azure.storage.blob import BlobServiceClient
from azure.storage.blob._shared.base_client import DEVSTORE_ACCOUNT_KEY
from azure.storage.filedatalake import DataLakeServiceClient

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Support" / "Emulators"))

from emulators.adls import shared_key  # noqa: E402
from emulators.kit.running import RunningEmulator  # noqa: E402

ACCOUNT = "devstoreaccount1"
KEY = DEVSTORE_ACCOUNT_KEY
VERSION = "2023-11-03"
SIGNATURES = ROOT / "Tests" / "Data" / "azure-shared-key.json"
LAKE = "lake"


def start(folder, *arguments):
    """An emulator over `folder`/root, with the key that rclone's emulator mode expects."""
    key_file = folder / "key"
    key_file.write_text(KEY)
    return RunningEmulator("adls", "--root", folder / "root", "--key-file", key_file, "--filesystem", LAKE, *arguments)


def no_retries(**more):
    return {"retry_total": 0, "logging_enable": False, **more}


def datalake(emulator, credential=None, **options):
    return DataLakeServiceClient(emulator.ready["endpoint"], credential=credential or {"account_name": ACCOUNT, "account_key": KEY},
                                 **no_retries(**options))


def blobs(emulator, credential=None, **options):
    return BlobServiceClient(emulator.ready["endpoint"], credential=credential or {"account_name": ACCOUNT, "account_key": KEY},
                             **no_retries(**options))


def arrow(emulator):
    host = urlsplit(emulator.url).netloc
    return pyarrow.fs.AzureFileSystem(account_name=ACCOUNT, account_key=KEY, blob_storage_authority=host, dfs_storage_authority=host,
                                      blob_storage_scheme="http", dfs_storage_scheme="http")


def object_store(emulator, **config):
    config = config or {"account_key": KEY}
    return obstore.store.AzureStore(LAKE, account_name=ACCOUNT, endpoint=emulator.ready["endpoint"],
                                    client_options={"allow_http": True}, retry_config={"max_retries": 0}, **config)


def fsspec(emulator):
    connection = (f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={KEY};BlobEndpoint={emulator.ready['endpoint']};")
    return adlfs.AzureBlobFileSystem(connection_string=connection, skip_instance_cache=True, use_listings_cache=False)


def rclone(emulator, *arguments, given=None):
    """Runs rclone; None where it is not installed."""
    if shutil.which("rclone") is None:
        return None
    remote = f":azureblob,use_emulator=true,endpoint='{emulator.ready['endpoint']}':{LAKE}"
    command = [argument.replace("LAKE", remote) for argument in arguments]
    result = subprocess.run(["rclone", "--config", "", "--retries", "1", "--low-level-retries", "1", *command], input=given,
                            capture_output=True, timeout=60, check=False)
    assert result.returncode == 0, result.stderr.decode()
    return result.stdout


class Raw:
    """Signed requests, byte for byte as a test wants them."""

    def __init__(self, emulator, key=KEY, base=f"/{ACCOUNT}"):
        self._address = urlsplit(emulator.url)
        self._key = base64.b64decode(key)
        self._base = base

    def __call__(self, method, target, body=b"", signed=True, **headers):
        """(status, headers, body). Header names with `_` for `-`; None drops one."""
        made = {"x-ms-version": VERSION, "x-ms-date": formatdate(usegmt=True), "x-ms-client-request-id": str(uuid.uuid4()),
                "content-length": str(len(body)), "host": self._address.netloc}
        made.update((name.replace("_", "-"), value) for name, value in headers.items())
        made = {name: value for name, value in made.items() if value is not None}
        target = self._base + target
        if signed:
            text = shared_key.string_to_sign(method, target, made, ACCOUNT)
            made["authorization"] = f"SharedKey {ACCOUNT}:{shared_key.signature(self._key, text)}"
        connection = http.client.HTTPConnection(self._address.hostname, self._address.port, timeout=30)
        try:
            connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
            for name, value in made.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            reply = connection.getresponse()
            return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
        finally:
            connection.close()

    def code(self, *arguments, **headers):
        """(status, error code) of a request that is refused."""
        status, told, _ = self(*arguments, **headers)
        return status, told.get("x-ms-error-code")


def error_code(error):
    """The service's code in an exception of the SDK."""
    return str(getattr(error.error_code, "value", error.error_code))


def tree(emulator):
    """{path: entry} of the lake's filesystem, the truth."""
    return {each["path"]: each for each in emulator.admin("GET", "tree")["filesystems"][LAKE]}


def signatures():
    """Requests that the vendor's client has signed."""
    return json.loads(SIGNATURES.read_text(encoding="utf-8"))
