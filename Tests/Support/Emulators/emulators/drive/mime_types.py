"""The MIME types that mean something to the emulator."""

import os

FOLDER = "application/vnd.google-apps.folder"
SHORTCUT = "application/vnd.google-apps.shortcut"
SHEET = "application/vnd.google-apps.spreadsheet"
NATIVE_PREFIX = "application/vnd.google-apps."
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
TSV = "text/tab-separated-values"
BINARY = "application/octet-stream"

BY_EXTENSION = {
    "xlsx": XLSX,
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    "xlsb": "application/vnd.ms-excel.sheet.binary.macroEnabled.12",
    "xls": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "csv": CSV,
    "tsv": TSV,
    "txt": "text/plain",
    "json": "application/json",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


def extension(name):
    """Without the dot, lower case; empty when there is none."""
    return os.path.splitext(name)[1][1:].lower()


def guessed(name):
    return BY_EXTENSION.get(extension(name), BINARY)


def is_native(mime_type):
    """Files of Google's own editors, folders and shortcuts: nothing that alt=media could give."""
    return mime_type.startswith(NATIVE_PREFIX)
