"""`python -m emulators adls`: options, the lake's folder, credentials."""

import tempfile

from ..kit import launch
from . import account_key, entra_credentials
from .adls_service import ADLSService

DESCRIPTION = "Azure Data Lake Storage Gen2 (dfs and blob) and Microsoft Entra's token endpoints, on loopback, for tests."


def run(arguments):
    options = parsed(arguments)
    if options.root:
        return serve(options)
    with tempfile.TemporaryDirectory(prefix="adls-") as options.root:
        return serve(options)


def serve(options):
    try:
        path = options.key_file or account_key.kept(options.root)
        key = account_key.read(path)
    except (OSError, ValueError) as error:
        launch.complain(error)
        return launch.IO_ERROR

    def make():
        return ADLSService(options.root, options.account, key, not options.flat)

    def fill(service):
        for name in options.filesystem:
            if name not in service.store.filesystems:
                service.store.create_filesystem(name)
        service.ready.update(account_key_file=path, root=options.root)
        if options.credentials:
            service.ready["credentials"] = entra_credentials.write(options.credentials, service.identities)

    return launch.run(options, make, fill)


def parsed(arguments):
    options = launch.parser("adls", DESCRIPTION)
    options.add_argument("--root", metavar="DIR", help="the lake: any folder, one subfolder a filesystem (default: a temporary one)")
    options.add_argument("--account", default="devstoreaccount1", help="name of the account (default %(default)s)")
    options.add_argument("--key-file", metavar="FILE", help="the account key in base64 (default: one that is made and kept in the lake)")
    options.add_argument("--filesystem", metavar="NAME", action="append", default=[], help="make this filesystem; may be repeated")
    options.add_argument("--flat", action="store_true", help="an account without hierarchical namespace")
    options.add_argument("--credentials", metavar="DIR", help="write a credential of every kind into this folder (needs openssl)")
    return launch.parse(options, arguments)
