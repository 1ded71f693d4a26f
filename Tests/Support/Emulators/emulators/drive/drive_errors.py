"""Google's error bodies: {"error": {"code", "message", "errors": [{"domain", "reason", "message", "location"...}], "status"}}."""

STATUS_NAMES = {
    400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED",
}
# reason -> (domain, message) of faults that a script names by their reason alone.
REASONS = {
    "rateLimitExceeded": ("usageLimits", "Rate Limit Exceeded"),
    "userRateLimitExceeded": ("usageLimits", "User Rate Limit Exceeded"),
    "dailyLimitExceeded": ("usageLimits", "Daily Limit Exceeded"),
    "quotaExceeded": ("usageLimits", "Quota Exceeded"),
    "downloadQuotaExceeded": ("usageLimits", "The download quota for this file has been exceeded."),
    "sharingRateLimitExceeded": ("global", "Rate limit exceeded for sharing."),
    "accessNotConfigured": ("usageLimits", "The API is not enabled for this project."),
    "authError": ("global", "Invalid Credentials"),
    "insufficientPermissions": ("global", "Insufficient Permission"),
    "insufficientFilePermissions": ("global", "The user does not have sufficient permissions for this file."),
    "appNotAuthorizedToFile": ("global", "The user has not granted the app access to the file."),
    "domainPolicy": ("global", "The domain administrators have disabled Drive apps."),
    "forbidden": ("global", "Forbidden"),
    "cannotDownloadFile": ("global", "This file cannot be downloaded by the user."),
    "backendError": ("global", "Backend Error"),
    "internalError": ("global", "Internal Error"),
    "pageTokenExpired": ("global", "The specified page token has expired, and can no longer be used."),
    "notFound": ("global", "Not Found"),
    "badRequest": ("global", "Bad Request"),
    "exportSizeLimitExceeded": ("global", "This file is too large to be exported."),
}


class DriveError(Exception):
    """A refusal with everything that its body says."""

    def __init__(self, code, message, reason, location=None, location_type="parameter", domain="global", status=None,
                 short=None, details=None, headers=None):
        super().__init__(message)
        self.code = code
        entry = {"message": short or message, "domain": domain, "reason": reason, "location": location,
                 "locationType": location and location_type}
        error = {"code": code, "message": message, "errors": [{key: value for key, value in entry.items() if value}]}
        if status:
            error["status"] = status
        if details:
            error["details"] = details
        self.body = {"error": error}
        self.headers = headers or {}


def scripted(action):
    """The error of a `status` fault: reason and message as the script says, or as Google usually has them."""
    code = action["status"]
    reason = action.get("reason") or {400: "badRequest", 401: "authError", 403: "forbidden", 404: "notFound", 410: "gone",
                                      429: "rateLimitExceeded"}.get(code, "backendError")
    domain, message = REASONS.get(reason, ("global", reason))
    status = None if code == 410 else STATUS_NAMES.get(code)
    return DriveError(code, action.get("message", message), reason, domain=domain, status=status)


def file_not_found(item_id):
    return DriveError(404, f"File not found: {item_id}.", "notFound", "fileId")


def drive_not_found(drive_id):
    return DriveError(404, f"Shared drive not found: {drive_id}", "notFound", "driveId")


def revision_not_found(revision_id):
    return DriveError(404, f"Revision not found: {revision_id}.", "notFound", "revisionId")


def required(parameter, message=None):
    return DriveError(400, message or f"Required parameter: {parameter}", "required", parameter)


def invalid_value(parameter):
    return DriveError(400, "Invalid Value", "invalid", parameter)


def invalid_fields(selection):
    return DriveError(400, f"Invalid field selection {selection}", "invalidParameter", "fields")


def out_of_range(parameter, value, low, high):
    message = f"Invalid value '{value}'. Values must be within the range: [{low}, {high}]"
    return DriveError(400, message, "invalidParameter", parameter)


def wrong_type(parameter, kind, value):
    """A value that the typed layer cannot read; of several errors only this one names no domain."""
    message = f"Invalid value at '{parameter}' ({kind}), \"{value}\""
    violation = {"@type": "type.googleapis.com/google.rpc.BadRequest",
                 "fieldViolations": [{"field": parameter, "description": message}]}
    return DriveError(400, message, "invalid", domain=None, status="INVALID_ARGUMENT", details=[violation])


def bad_token():
    message = "Request had invalid authentication credentials. Expected OAuth 2 access token."
    return DriveError(401, message, "authError", "Authorization", "header", status="UNAUTHENTICATED", short="Invalid Credentials",
                      headers={"WWW-Authenticate": 'Bearer realm="https://accounts.google.com/", error="invalid_token"'})


def no_token(method):
    if method in ("GET", "HEAD"):
        message = "Method doesn't allow unregistered callers (callers without established identity)."
        return DriveError(403, message, "forbidden", status="PERMISSION_DENIED")
    message = "Request is missing required authentication credential. Expected OAuth 2 access token."
    return DriveError(401, message, "required", "Authorization", "header", status="UNAUTHENTICATED", short="Login Required.")


def missing_scope():
    detail = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
              "domain": "googleapis.com", "metadata": {"service": "drive.googleapis.com"}}
    return DriveError(403, "Request had insufficient authentication scopes.", "insufficientPermissions", status="PERMISSION_DENIED",
                      short="Insufficient Permission", details=[detail])


def not_emulated(what):
    return DriveError(501, f"The emulator does not do this: {what}", "notImplemented", status="UNIMPLEMENTED")
