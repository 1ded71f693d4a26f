"""The service's errors: a code, a status, a message, as JSON (dfs), XML (blob) or, for HEAD, in headers only."""

import datetime
from xml.sax.saxutils import escape

from ..kit.http_messages import Reply, json_reply
from ..kit.byte_content import MemoryContent

XML_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
# What the blob endpoint calls the things that have another name at the dfs endpoint.
BLOB_CODES = {
    "FilesystemNotFound": "ContainerNotFound", "FilesystemAlreadyExists": "ContainerAlreadyExists", "PathNotFound": "BlobNotFound",
    "PathAlreadyExists": "BlobAlreadyExists", "DirectoryNotEmpty": "DirectoryIsNotEmpty", "InvalidFlushPosition": "InvalidInput",
    "FilesystemBeingDeleted": "ContainerBeingDeleted", "SourcePathNotFound": "CannotVerifyCopySource",
    "LeaseIdMismatch": "LeaseIdMismatchWithBlobOperation", "LeaseNotPresent": "LeaseNotPresentWithBlobOperation",
    "UnsupportedRestVersion": "InvalidHeaderValue",
}
KNOWN = {
    "InvalidInput": (400, "One of the request inputs is not valid."),
    "InvalidHeaderValue": (400, "The value for one of the HTTP headers is not in the correct format."),
    "InvalidQueryParameterValue": (400, "Value for one of the query parameters specified in the request URI is invalid."),
    "ContentLengthMustBeZero": (400, "The Content-Length request header must be zero."),
    "UnsupportedRestVersion": (400, "The specified Rest Version is Unsupported."),
    "MetadataTooLarge": (400, "The metadata specified exceeds the maximum permissible limit (8KB)."),
    "MissingRequiredHeader": (400, "An HTTP header that's mandatory for this request is not specified."),
    "MissingRequiredQueryParameter": (400, "A query parameter that's mandatory for this request is not specified."),
    "UnsupportedHeader": (400, "One of the headers specified in the request is not supported."),
    "UnsupportedQueryParameter": (400, "One of the query parameters specified in the request URI is not supported."),
    "InvalidFlushPosition": (400, "The uploaded data is not contiguous or the position query parameter value is not equal to the "
                                  "length of the file after appending the uploaded data."),
    "InvalidResourceName": (400, "The specified resource name contains invalid characters."),
    "InvalidUri": (400, "The request URI is invalid."),
    "InvalidBlockList": (400, "The specified block list is invalid."),
    "InvalidBlobOrBlock": (400, "The specified blob or block content is invalid."),
    "InvalidXmlDocument": (400, "XML specified is not syntactically valid."),
    "Md5Mismatch": (400, "The MD5 value specified in the request did not match with the MD5 value calculated by the server."),
    "Crc64Mismatch": (400, "The CRC64 value specified in the request did not match with the CRC64 value calculated by the server."),
    "HierarchicalNamespaceNotEnabled": (400, "The operation is only supported on a hierarchical namespace account."),
    "InvalidAuthenticationInfo": (401, "Authentication information is not given in the correct format. Check the value of "
                                       "Authorization header."),
    "NoAuthenticationInformation": (401, "Server failed to authenticate the request. Please refer to the information in the "
                                         "www-authenticate header."),
    "AuthenticationFailed": (403, "Server failed to authenticate the request. Make sure the value of Authorization header is formed "
                                  "correctly including the signature."),
    "AuthorizationFailure": (403, "This request is not authorized to perform this operation."),
    "AuthorizationPermissionMismatch": (403, "This request is not authorized to perform this operation using this permission."),
    "AuthorizationProtocolMismatch": (403, "This request is not authorized to perform this operation using this protocol."),
    "AuthorizationResourceTypeMismatch": (403, "This request is not authorized to perform this operation using this resource type."),
    "AuthorizationServiceMismatch": (403, "This request is not authorized to perform this operation using this service."),
    "AuthorizationSourceIPMismatch": (403, "This request is not authorized to perform this operation using this source IP."),
    "KeyBasedAuthenticationNotPermitted": (403, "Key based authentication is not permitted on this storage account."),
    "FilesystemNotFound": (404, "The specified filesystem does not exist."),
    "PathNotFound": (404, "The specified path does not exist."),
    "SourcePathNotFound": (404, "The source path for a rename operation does not exist."),
    "RenameDestinationParentPathNotFound": (404, "The parent directory of the destination path does not exist."),
    "ResourceNotFound": (404, "The specified resource does not exist."),
    "UnsupportedHttpVerb": (405, "The resource doesn't support the specified HTTP verb."),
    "PathAlreadyExists": (409, "The specified path already exists."),
    "FilesystemAlreadyExists": (409, "The specified filesystem already exists."),
    "PathConflict": (409, "The specified path, or an element of the path, exists and its resource type is invalid for this operation."),
    "ResourceTypeMismatch": (409, "The resource type specified in the request does not match the type of the existing resource."),
    "DirectoryNotEmpty": (409, "The recursive query parameter value must be true to delete a non-empty directory."),
    "InvalidFlushOperation": (409, "The resource was created or modified by the Blob Service API and cannot be written to by the Data "
                                   "Lake Storage Service API."),
    "InvalidSourceOrDestinationResourceType": (409, "The source and destination resource type must be identical."),
    "InvalidRenameSourcePath": (409, "The source directory cannot be the same as the destination directory, nor can the destination be a "
                                     "subdirectory of the source directory."),
    "LeaseAlreadyPresent": (409, "There is already a lease present."),
    "LeaseIdMismatchWithLeaseOperation": (409, "The lease ID specified did not match the lease ID for the resource."),
    "LeaseNotPresentWithLeaseOperation": (409, "There is currently no lease on the resource."),
    "LeaseIsBrokenAndCannotBeRenewed": (409, "The lease ID matched, but the lease has been broken explicitly and cannot be renewed."),
    "LeaseIsBreakingAndCannotBeAcquired": (409, "The lease is in the breaking state, and cannot be acquired until it is broken."),
    "LeaseIsBreakingAndCannotBeChanged": (409, "The lease is in the breaking state, and cannot be changed."),
    "MissingContentLengthHeader": (411, "You must provide the Content-Length HTTP header."),
    "ConditionNotMet": (412, "The condition specified using HTTP conditional header(s) is not met."),
    "SourceConditionNotMet": (412, "The source condition specified using HTTP conditional header(s) is not met."),
    "LeaseIdMissing": (412, "There is currently a lease on the resource and no lease ID was specified in the request."),
    "LeaseIdMismatch": (412, "The lease ID specified did not match the lease ID for the resource."),
    "LeaseNotPresent": (412, "There is currently no lease on the resource."),
    "LeaseLost": (412, "A lease ID was specified, but the lease for the resource has expired."),
    "RequestBodyTooLarge": (413, "The request body is too large and exceeds the maximum permissible limit."),
    "InvalidRange": (416, "The range specified is invalid for the current size of the resource."),
    "InternalError": (500, "The server encountered an internal error. Please retry the request."),
    "OperationTimedOut": (500, "Operation could not be completed within the specified time."),
    "NotImplemented": (501, "The requested operation is not implemented on the specified resource."),
    "ServerBusy": (503, "The server is currently unable to receive requests. Please retry your request."),
}
SCRIPTED_CODES = {400: "InvalidInput", 401: "InvalidAuthenticationInfo", 403: "AuthorizationFailure", 404: "PathNotFound",
                  409: "PathConflict", 412: "ConditionNotMet", 429: "TooManyRequests", 500: "InternalError", 503: "ServerBusy"}


class ADLSError(Exception):
    """What the service refuses. `detail` goes into the XML body only, as AuthenticationErrorDetail."""

    def __init__(self, code, message=None, status=None, headers=None, detail=None):
        known_status, known_message = KNOWN.get(code, (500, code))
        super().__init__(code)
        self.code = code
        self.status = status or known_status
        self.message = message or known_message
        self.headers = headers or {}
        self.detail = detail


class NotModified(Exception):
    """304: the reader has the newest already."""

    def __init__(self, etag):
        super().__init__()
        self.etag = etag


def scripted(action):
    """The error of a `status` fault: `reason` is the code."""
    status = action["status"]
    code = action.get("reason") or SCRIPTED_CODES.get(status) or ("InternalError" if status >= 500 else "InvalidInput")
    headers = dict(action.get("headers", {}))
    if "retry_after" in action:
        headers["Retry-After"] = str(action["retry_after"])
    return ADLSError(code, action.get("message"), status, headers)


def reply(error, dfs, head_only, request_id, now):
    """The error in the shape of the endpoint."""
    code = error.code if dfs else BLOB_CODES.get(error.code, error.code)
    headers = {"x-ms-error-code": code, **error.headers}
    if head_only:
        return Reply(error.status, headers)
    moment = datetime.datetime.fromtimestamp(now, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")
    message = f"{error.message}\nRequestId:{request_id}\nTime:{moment}"
    if dfs:
        made = json_reply(error.status, {"error": {"code": code, "message": message}}, headers, indent=0)
        made.headers["Content-Type"] = "application/json;charset=utf-8"
        return made
    detail = f"<AuthenticationErrorDetail>{escape(error.detail)}</AuthenticationErrorDetail>" if error.detail else ""
    # The service puts a byte order mark before its XML errors.
    text = f"\ufeff{XML_DECLARATION}<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message>{detail}</Error>"
    return Reply(error.status, {"Content-Type": "application/xml", **headers}, MemoryContent(text.encode("utf-8")))
