"""The account's key: given in a file, or made when the lake is made and kept with it. None is ever stored in the repository."""

import base64
import binascii
import os
import pathlib
import secrets

from .lake_files import HIDDEN

KEY_BYTES = 64


def read(path):
    """The bytes of a key file. ValueError when it is not base64."""
    try:
        return base64.b64decode(pathlib.Path(path).read_text(encoding="ascii").strip(), validate=True)
    except binascii.Error as error:
        raise ValueError(f"{path} is not base64") from error


def kept(root):
    """The path of the key that belongs to a lake."""
    place = pathlib.Path(root) / HIDDEN / "account_key"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
    return str(place)
