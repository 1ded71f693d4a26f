"""Query parameters as Drive reads them: typed, first repeat, unknown ones ignored (and noted in the log)."""

import re

from . import drive_errors

TRUE_WORDS, FALSE_WORDS = {"true", "t", "yes", "y", "1"}, {"false", "f", "no", "n", "0"}
# What every method takes.
COMMON = {"alt", "fields", "prettyPrint", "quotaUser", "key", "access_token", "oauth_token", "callback", "$.xgafv", "upload_protocol",
          "uploadType"}
DRIVES_FLAGS = {"supportsAllDrives", "supportsTeamDrives"}
LISTING_FLAGS = DRIVES_FLAGS | {"includeItemsFromAllDrives", "includeTeamDriveItems", "includeLabels", "includePermissionsForView",
                                "driveId", "teamDriveId", "pageSize", "pageToken", "spaces"}
BY_OPERATION = {
    "about.get": set(),
    "files.list": LISTING_FLAGS | {"corpora", "corpus", "orderBy", "q"},
    "files.get": DRIVES_FLAGS | {"acknowledgeAbuse", "includeLabels", "includePermissionsForView"},
    "files.media": DRIVES_FLAGS | {"acknowledgeAbuse", "includeLabels", "includePermissionsForView"},
    "files.export": {"mimeType"},
    "files.download": {"mimeType", "revisionId"},
    "operations.get": set(),
    "revisions.list": {"pageSize", "pageToken"},
    "revisions.get": {"acknowledgeAbuse"},
    "revisions.media": {"acknowledgeAbuse"},
    "changes.getStartPageToken": DRIVES_FLAGS | {"driveId", "teamDriveId"},
    "changes.list": LISTING_FLAGS | {"includeCorpusRemovals", "includeRemoved", "restrictToMyDrive"},
    "drives.list": {"pageSize", "pageToken", "q", "useDomainAdminAccess"},
    "drives.get": {"useDomainAdminAccess"},
}
INT32 = re.compile(r"[+-]?\d{1,10}")


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Parameters:
    """The parameters of one request."""

    def __init__(self, request):
        self._query = request.query
        ignored = [name for name in request.query.names() if name not in COMMON | BY_OPERATION[request.operation]]
        if ignored:
            request.notes["ignored_parameters"] = ignored

    def text(self, name, default=None):
        return self._query.get(name, default)

    def flag(self, name, default=False):
        value = self._query.get(name)
        if value is None:
            return default
        if value.lower() in TRUE_WORDS:
            return True
        if value.lower() in FALSE_WORDS:
            return False
        raise drive_errors.wrong_type(snake(name), "TYPE_BOOL", value)

    def spelled_true(self, *names):
        """Some checks look for the very word, in any case, and not for `1` or `yes`."""
        return any((self._query.get(name) or "").lower() == "true" for name in names)

    def page_size(self, default, most, coerced):
        """The page size; above the most it is coerced in files.list and refused elsewhere."""
        value = self._query.get("pageSize")
        if value is None:
            return default
        if not INT32.fullmatch(value):
            raise drive_errors.wrong_type("page_size", "TYPE_INT32", value)
        number = int(value)
        if number < 1 or (number > most and not coerced):
            raise drive_errors.out_of_range("page_size", value, 1, most)
        return min(number, most)

    @property
    def all_drives(self):
        return self.flag("supportsAllDrives") or self.flag("supportsTeamDrives")

    @property
    def items_from_all_drives(self):
        return self.flag("includeItemsFromAllDrives") or self.flag("includeTeamDriveItems")

    @property
    def drive_id(self):
        return self.text("driveId") or self.text("teamDriveId")

    def check_drive_flags(self):
        """Items of shared drives may be asked for only by a client that says it supports them."""
        asks = self.spelled_true("includeItemsFromAllDrives", "includeTeamDriveItems")
        if asks and not self.spelled_true("supportsAllDrives", "supportsTeamDrives"):
            raise drive_errors.DriveError(403, "The supportsAllDrives parameter was not set to true.", "supportsTeamDrivesRequired")
