"""Permissions and access control lists: kept and told, never enforced (roles decide here)."""

import re

from .adls_errors import ADLSError

SYMBOLIC = re.compile(r"([r-][w-][xtT-]){3}\+?|([r-][w-][x-]){2}[r-][w-][xtT-]\+?")
OCTAL = re.compile(r"[01]?[0-7]{3}")
ENTRY = re.compile(r"(default:)?(user|group|mask|other):[^:,]*:[r-][w-][x-]")
DEFAULT_UMASK = "0027"
FULL_FILE, FULL_DIRECTORY = 0o666, 0o777


def symbolic(bits):
    text = "".join(letter if bits >> place & 1 else "-" for place, letter in zip(range(8, -1, -1), "rwxrwxrwx"))
    if bits & 0o1000:
        text = text[:-1] + ("t" if text[-1] == "x" else "T")
    return text


def bits_of(text):
    """The number of a permission, symbolic or octal."""
    if OCTAL.fullmatch(text):
        return int(text, 8)
    if SYMBOLIC.fullmatch(text):
        bits = sum(1 << (8 - place) for place, letter in enumerate(text[:9]) if letter in "rwxt")
        return bits | (0o1000 if text[8] in "tT" else 0)
    raise ADLSError("InvalidHeaderValue", f"The permissions {text} are invalid.")


def created(request, node):
    """Gives a new node the permissions that the request asks for, less its umask."""
    text = request.header("x-ms-permissions")
    full = FULL_DIRECTORY if node.is_directory else FULL_FILE
    umask = request.header("x-ms-umask", DEFAULT_UMASK)
    if not OCTAL.fullmatch(umask):
        raise ADLSError("InvalidHeaderValue", "x-ms-umask is invalid.")
    node.permissions = symbolic((bits_of(text) if text else full) & ~int(umask, 8))
    set_owner(request, node)
    if request.header("x-ms-acl"):
        node.acl = checked_list(request.header("x-ms-acl"))


def changed(request, node):
    """setAccessControl."""
    permissions, acl = request.header("x-ms-permissions"), request.header("x-ms-acl")
    if permissions and acl:
        raise ADLSError("InvalidHeaderValue", "x-ms-permissions and x-ms-acl exclude each other.")
    if permissions:
        node.permissions = symbolic(bits_of(permissions))
        node.acl = ""
    if acl:
        node.acl = checked_list(acl)
        found = dict((entry.rpartition(":")[0], entry.rpartition(":")[2]) for entry in acl.split(","))
        node.permissions = "".join(found.get(name, "---") for name in ("user:", "group:", "other:"))
    set_owner(request, node)


def set_owner(request, node):
    node.owner = request.header("x-ms-owner") or node.owner
    node.group = request.header("x-ms-group") or node.group


def checked_list(text):
    for entry in text.split(","):
        if not ENTRY.fullmatch(entry):
            raise ADLSError("InvalidHeaderValue", f"The access control entry {entry} is invalid.")
    return text


def list_of(node):
    """x-ms-acl, made of the permissions when nothing else was set."""
    if node.acl:
        return node.acl
    text = node.permissions[:8] + {"t": "x", "T": "-"}.get(node.permissions[8], node.permissions[8])
    return f"user::{text[:3]},group::{text[3:6]},other::{text[6:9]}"
