"""Google's own client against the Drive emulator: what test_drive_emulator*.py need."""

import io
import json
import os
import pathlib
import sys

import google.auth
import google.oauth2.credentials
import google.oauth2.service_account
import googleapiclient.discovery
import googleapiclient.http

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "Support" / "Emulators"))

from emulators.kit.running import RunningEmulator  # noqa: E402

SCOPE = "https://www.googleapis.com/auth/drive.readonly"
CLOUD = "https://www.googleapis.com/auth/cloud-platform"
FOLDER = "application/vnd.google-apps.folder"
SHEET = "application/vnd.google-apps.spreadsheet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# How many files the random tree has; 2000 for a long run.
FILES = int(os.environ.get("SLUICE_DRIVE_FILES", "300"))
EVERYWHERE = {"supportsAllDrives": True, "includeItemsFromAllDrives": True}


def start(*arguments):
    return RunningEmulator("drive", *arguments)


def info(emulator, kind):
    return json.loads(pathlib.Path(emulator.ready["credentials"][kind]).read_text())


def service_account(emulator, scopes=(SCOPE,)):
    return google.oauth2.service_account.Credentials.from_service_account_info(info(emulator, "service_account"), scopes=list(scopes))


def user(emulator, **changes):
    """Google's loader always takes its own token address for users, so the credentials are made by hand."""
    given = {**info(emulator, "authorized_user"), **changes}
    return google.oauth2.credentials.Credentials(
        None, refresh_token=given["refresh_token"], token_uri=given["token_uri"], client_id=given["client_id"],
        client_secret=given["client_secret"])


def drive(emulator, credentials=None):
    """The official client, unchanged but for its address."""
    return googleapiclient.discovery.build(
        "drive", "v3", credentials=credentials or service_account(emulator), static_discovery=True,
        client_options={"api_endpoint": f"{emulator.url}/drive/v3/"})


def every_page(collection, **arguments):
    """All pages of a listing."""
    request, pages = collection.list(**arguments), []
    while request is not None:
        pages.append(request.execute())
        request = collection.list_next(request, pages[-1])
    return pages


def listed(client, q, **arguments):
    fields = "nextPageToken,incompleteSearch,files(id,name,mimeType,size,md5Checksum,parents,driveId,shortcutDetails)"
    pages = every_page(client.files(), **{"q": q, "fields": fields, "pageSize": 1000, **EVERYWHERE, **arguments})
    return [file for page in pages for file in page["files"]]


def downloaded(request, chunk=1 << 18):
    """All bytes by Google's own downloader."""
    target = io.BytesIO()
    loader = googleapiclient.http.MediaIoBaseDownload(target, request, chunksize=chunk)
    done = False
    while not done:
        _, done = loader.next_chunk()
    return target.getvalue()


def names(files):
    return sorted(file["name"] for file in files)


def reason(error):
    """The first reason in the body of an HttpError; the client itself would rather tell the details."""
    return json.loads(error.content)["error"]["errors"][0]["reason"]
