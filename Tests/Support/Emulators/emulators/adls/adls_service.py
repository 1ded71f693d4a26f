"""The service: routes a request, checks who asks, and hands it to the part that knows the answer."""

import time
import uuid
from email.utils import formatdate

from ..kit.byte_content import MemoryContent
from ..kit.http_messages import Reply
from ..kit.moving_clock import MovingClock
from ..kit.service import Service
from . import adls_errors, adls_routes, blob_batch, body_checks, entra_endpoints
from .adls_admin import ADLSAdmin
from .adls_settings import NEWEST_VERSION, Settings
from .blob_operations import BlobOperations
from .container_operations import ContainerOperations
from .entra_identities import EntraIdentities
from .entra_tokens import EntraTokens
from .lake_access import LakeAccess
from .lake_listing import LakeListing
from .lake_store import LakeStore
from .path_operations import PathOperations

SERVER = {True: "Windows-Azure-HDFS/1.0 Microsoft-HTTPAPI/2.0", False: "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0"}
HIDDEN_VALUE = "hidden"
# Those whose bodies have checksums.
BODY_OPERATIONS = {"path.append", "blob.put", "blob.putblock", "blob.putblocklist"}


class ADLSService(Service):
    name = "adls"
    fault_kinds = {"expire_token": (), "empty_page": (), "short_page": ("paths",), "ignore_range": (), "corrupt_body": (),
                   "drop_append": ()}
    # A body is held in memory. The real service takes 4,000 MiB, its clients send up to 100.
    most_body_bytes = 256 << 20

    def __init__(self, root, account, key, hierarchical=True):
        self.clock, self.settings = MovingClock(), Settings()
        self.account = account
        self.identities = EntraIdentities()
        self.tokens = EntraTokens(self.clock)
        self.store = LakeStore(root, self.clock, hierarchical)
        self._access = LakeAccess(account, key, self.tokens, self.settings, self.clock)
        listing = LakeListing(self.store, self.settings, self.clock)
        self.entra = entra_endpoints.EntraEndpoints(self.identities, self.tokens, self.settings)
        self._listing = listing
        containers = ContainerOperations(self.store, self._access, listing, self.clock)
        self._parts = {"account": containers, "filesystem": containers, "path": PathOperations(self.store, self._access, self.clock),
                       "blob": BlobOperations(self.store, self._access, listing, self.clock)}
        self._admin = ADLSAdmin(self)
        self.ready = {}

    def located(self, url, other_url):
        self.entra.urls = (url, other_url)
        port = url.rpartition(":")[2]
        self.ready.update({
            "account": self.account, "endpoint": f"{url}/{self.account}", "authority": url,
            # Names that curl leads to the loopback address by itself; here the host alone tells the endpoint.
            "dfs_endpoint": f"http://{self.account}.dfs.localhost:{port}", "blob_endpoint": f"http://{self.account}.blob.localhost:{port}"})

    def describe(self):
        return self.ready

    def route(self, request):
        request.operation, request.subject = adls_routes.located(request, self.account)
        # The log keeps no secrets: a signature is one.
        request.query.pairs = [(name, HIDDEN_VALUE if name.lower() == "sig" else value) for name, value in request.query.pairs]

    def admin(self, request, what):
        return self._admin.answer(request, what)

    def fault_reply(self, request, action):
        if request.operation in adls_routes.IDENTITY_OPERATIONS:
            reply = entra_endpoints.scripted(action)
            if "retry_after" in action:
                reply.headers["Retry-After"] = str(action["retry_after"])
            return reply
        if "body" in action:
            return Reply(action["status"], {"Content-Type": action.get("content_type", "text/html"), **action.get("headers", {})},
                         MemoryContent(action["body"].encode()))
        return self._dressed(request, lambda: self._refused(request, adls_errors.scripted(action)))

    def answer(self, request):
        if request.operation in adls_routes.IDENTITY_OPERATIONS:
            return self.entra.answer(request)
        return self._dressed(request, lambda: self._reply(request))

    def _dressed(self, request, make):
        """A reply with the headers that all have."""
        request.id = str(uuid.uuid4())
        reply = make()
        common = {"Server": SERVER[request.address.dfs], "x-ms-request-id": request.id, "Date": formatdate(self.clock.now(), usegmt=True),
                  "x-ms-version": request.header("x-ms-version") or NEWEST_VERSION}
        if request.header("x-ms-client-request-id"):
            common["x-ms-client-request-id"] = request.header("x-ms-client-request-id")
        reply.headers = {**common, **reply.headers}
        return reply

    def _reply(self, request):
        if request.operation in BODY_OPERATIONS:
            body_checks.prepare(request)
        try:
            with self.store.lock:
                return self._operate(request)
        except adls_errors.NotModified as error:
            return Reply(304, {"ETag": error.etag, "x-ms-error-code": "ConditionNotMet"})
        except adls_errors.ADLSError as error:
            return self._refused(request, error)

    def _refused(self, request, error):
        request.notes["code"] = error.code
        return adls_errors.reply(error, request.address.dfs, request.method == "HEAD", request.id, time.time())

    def _operate(self, request):
        if request.operation == adls_routes.UNKNOWN:
            raise adls_errors.ADLSError("UnsupportedQueryParameter" if request.address.parameters else "UnsupportedHttpVerb")
        grant = self._access.check(request)
        if request.method in ("PUT", "PATCH") and "content-length" not in request.headers and not getattr(request, "in_batch", False):
            raise adls_errors.ADLSError("MissingContentLengthHeader")
        if request.operation == "blob.batch":
            return blob_batch.answer([(number, self._part(each)) for number, each in blob_batch.requests_of(request)])
        if request.operation == "path.list":
            return self._listing.paths(request)
        kind, _, name = request.operation.partition(".")
        part = self._parts[kind]
        method = request.operation.replace(".", "_") if kind in ("account", "filesystem") else name
        return getattr(part, method)(request, grant)

    def _part(self, request):
        """One request of a batch."""
        request.operation, request.subject = adls_routes.located(request, self.account)
        if request.operation != "blob.delete":
            return self._dressed(request, lambda: self._refused(request, adls_errors.ADLSError("NotImplemented")))
        return self._dressed(request, lambda: self._reply(request))
