"""`python -m emulators drive`: options, files to begin with, credentials."""

from ..kit import launch
from . import credential_files, tree_loading
from .drive_service import DriveService
from .random_tree import Gardener

DESCRIPTION = "Google Drive v3 and the token endpoints that lead to it, on loopback, for tests."


def run(arguments):
    options = parsed(arguments)
    return launch.run(options, lambda: DriveService(options.seed, options.name), lambda service: fill(service, options))


def parsed(arguments):
    options = launch.parser("drive", DESCRIPTION)
    options.add_argument("--name", default="Sluice", help="name of the main folder, shared with the service account (default %(default)s)")
    options.add_argument("--folder", metavar="DIR", help="files to begin with; NAME.gsheet.xlsx becomes a Google Sheet called NAME")
    options.add_argument("--script", metavar="FILE", help='JSON to begin with: {"identities", "settings", "changes"}')
    options.add_argument("--random-tree", metavar="FILES", type=int, default=0, help="begin with so many random files (by --seed)")
    options.add_argument("--credentials", metavar="DIR", help="write a credential file of every kind into this folder (needs openssl)")
    return launch.parse(options, arguments)


def fill(service, options):
    """What is there before the first request; the change journal begins after it."""
    if options.folder:
        tree_loading.load_folder(service.changes, options.folder)
    if options.script:
        tree_loading.load_script(options.script, service.identities, service.settings, service.changes)
    if options.random_tree:
        Gardener(service.tree, service.changes, options.seed).grow(options.random_tree)
    service.tree.journal.entries.clear()
    if options.credentials:
        service.ready["credentials"] = credential_files.write(options.credentials, service.addresses.url, service.identities)
