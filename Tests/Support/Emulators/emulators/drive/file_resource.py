"""Files, revisions and shared drives as the API shows them to one caller. Only the fields that are asked for are worked out."""

from ..kit.moving_clock import rfc3339
from . import drive_access, mime_types, sheet_export

NATIVE_SIZE_BYTES = 1_024
# What is shown without a mask.
DEFAULT_FIELDS = "kind,id,name,mimeType,resourceKey,driveId,teamDriveId"


def user(address, me):
    return {"kind": "drive#user", "displayName": address.partition("@")[0], "me": address == me, "permissionId": str(abs(hash_of(address))),
            "emailAddress": address}


def hash_of(text):
    """A number that stays the same between runs."""
    return int.from_bytes(text.encode()[:8].ljust(8, b"\0"), "big")


class FileView:
    """One file in the eyes of one caller."""

    def __init__(self, tree, item, principal, keys, links):
        self.tree = tree
        self.item = item
        self.principal = principal
        self.keys = keys
        self.links = links
        self.rank = drive_access.rank(tree, item, principal, keys)

    def resource(self, wanted=None):
        """The fields that are wanted (None: all) and that the file has."""
        found = ((name, field(self)) for name, field in FIELDS.items() if wanted is None or name in wanted)
        return {name: value for name, value in found if value is not None}

    @property
    def may_download(self):
        return drive_access.may_download(self.item, self.rank)

    def capabilities(self):
        edits, folder = self.rank >= drive_access.WRITER, self.item.is_folder
        return {
            "canAddChildren": folder and edits, "canComment": self.rank > 1, "canCopy": not folder and self.may_download,
            "canDelete": self.rank >= drive_access.ORGANIZER, "canDownload": not folder and self.may_download, "canEdit": edits,
            "canListChildren": folder, "canModifyContent": edits,
            "canReadRevisions": not folder and ("no_revisions" not in self.item.flags) and self.may_download,
            "canRename": edits, "canShare": edits, "canTrash": edits, "canUntrash": edits,
        }

    def digest(self, name):
        item = self.item
        if not item.is_blob or (name != "md5" and "no_sha" in item.flags):
            return None
        return item.head.content.digest(name)

    def size(self):
        item = self.item
        if item.is_blob:
            return str(item.head.content.size)
        # Editors' files tell a size too; it is not that of any export.
        return None if item.is_folder or item.target_id else str(NATIVE_SIZE_BYTES + item.version)

    def extension(self):
        return mime_types.extension(self.item.name) or None if self.item.is_blob else None

    def shortcut(self):
        item = self.item
        if item.target_id is None:
            return None
        details = {"targetId": item.target_id, "targetMimeType": item.target_mime_type, "targetResourceKey": item.target_resource_key}
        return {name: value for name, value in details.items() if value is not None}

    def web_link(self):
        item = self.item
        if item.is_folder:
            return f"https://drive.google.com/drive/folders/{item.id}"
        if item.mime_type == mime_types.SHEET:
            return f"https://docs.google.com/spreadsheets/d/{item.id}/edit?usp=drivesdk"
        return f"https://drive.google.com/file/d/{item.id}/view?usp=drivesdk"

    def export_links(self):
        if self.item.mime_type != mime_types.SHEET or not self.may_download:
            return None
        return {kind: f"{self.links.url}/spreadsheets/export?id={self.item.id}&exportFormat={form}"
                for form, kind in sheet_export.FORMATS.items() if sheet_export.exportable(self.item, kind)}

    def encryption(self):
        return {"encryptionState": "encrypted"} if "client_encrypted" in self.item.flags else None

    def owners(self):
        owner = next((each.owner for each in self.tree.lineage(self.item) if each.owner), None)
        return None if self.item.drive_id or owner is None else [user(owner, self.principal)]

    def permissions(self):
        """Only those who may share see who else has it."""
        if self.rank < drive_access.WRITER:
            return None
        return [{"kind": "drive#permission", "id": str(hash_of(address)), "type": "user", "emailAddress": address, "role": role}
                for address, role in self.item.shares.items()]


def only_if(condition, value):
    return value if condition else None


FIELDS = {
    "kind": lambda view: "drive#file",
    "id": lambda view: view.item.id,
    "name": lambda view: view.item.name,
    "mimeType": lambda view: view.item.mime_type,
    "resourceKey": lambda view: view.item.resource_key,
    "driveId": lambda view: view.item.drive_id,
    "teamDriveId": lambda view: view.item.drive_id,
    "starred": lambda view: view.item.starred,
    "trashed": lambda view: view.tree.is_trashed(view.item),
    "explicitlyTrashed": lambda view: view.item.trashed,
    "parents": lambda view: only_if(drive_access.parent_shown(view.tree, view.item, view.principal, view.keys), [view.item.parent_id]),
    "properties": lambda view: view.item.properties or None,
    "appProperties": lambda view: view.item.app_properties or None,
    "spaces": lambda view: ["drive"],
    "version": lambda view: str(view.item.version),
    "webContentLink": lambda view: only_if(view.item.is_blob, f"https://drive.google.com/uc?id={view.item.id}&export=download"),
    "webViewLink": FileView.web_link,
    "viewedByMe": lambda view: False,
    "createdTime": lambda view: rfc3339(view.item.created),
    "modifiedTime": lambda view: rfc3339(view.item.modified),
    "owners": FileView.owners,
    "sharedWithMeTime": lambda view: only_if(drive_access.shared_with(view.tree, view.item, view.principal), rfc3339(view.item.created)),
    "shared": lambda view: bool(view.item.drive_id or len(drive_access.viewers(view.tree, view.item)) > 1 or view.item.link_role),
    "ownedByMe": lambda view: view.item.drive_id is None and view.rank == drive_access.RANK["owner"],
    "capabilities": FileView.capabilities,
    "permissions": FileView.permissions,
    "originalFilename": lambda view: only_if(view.item.is_blob, view.item.name),
    "fullFileExtension": FileView.extension,
    "fileExtension": FileView.extension,
    "md5Checksum": lambda view: view.digest("md5"),
    "sha1Checksum": lambda view: view.digest("sha1"),
    "sha256Checksum": lambda view: view.digest("sha256"),
    "size": FileView.size,
    "quotaBytesUsed": lambda view: view.size() or "0",
    "headRevisionId": lambda view: only_if(view.item.is_blob, view.item.is_blob and view.item.head.id),
    "isAppAuthorized": lambda view: False,
    "exportLinks": FileView.export_links,
    "shortcutDetails": FileView.shortcut,
    "linkShareMetadata": lambda view: {"securityUpdateEligible": bool(view.item.resource_key),
                                       "securityUpdateEnabled": bool(view.item.resource_key)},
    "copyRequiresWriterPermission": lambda view: "readers_cannot_download" in view.item.flags,
    "viewersCanCopyContent": lambda view: "readers_cannot_download" not in view.item.flags,
    "writersCanShare": lambda view: True,
    "clientEncryptionDetails": FileView.encryption,
}


def revision_resource(item, revision):
    return {
        "kind": "drive#revision", "id": revision.id, "mimeType": revision.mime_type, "modifiedTime": rfc3339(revision.modified),
        "keepForever": False, "originalFilename": item.name, "md5Checksum": revision.content.digest("md5"),
        "size": str(revision.content.size),
    }


def drive_resource(drive, principal):
    rank = drive_access.RANK.get(drive.members.get(principal), 0)
    return {
        "kind": "drive#drive", "id": drive.id, "name": drive.name, "colorRgb": "#4285f4", "createdTime": rfc3339(drive.created),
        "hidden": principal in drive.hidden_by,
        "capabilities": {"canAddChildren": rank >= drive_access.WRITER, "canDownload": rank > 0, "canListChildren": rank > 0,
                         "canReadRevisions": rank > 0},
        "restrictions": {"copyRequiresWriterPermission": False, "domainUsersOnly": False, "driveMembersOnly": False},
    }
