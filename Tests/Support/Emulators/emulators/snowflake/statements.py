"""Statements that were submitted: running, done, asked for again by their request id, or cancelled."""

import threading
import time
import uuid

from .snowflake_errors import SQLError


class Statement:
    def __init__(self, body, request_id, principal):
        self.handle, self.request_id, self.body, self.principal = str(uuid.uuid4()), request_id, body, principal
        self.created = int(time.time() * 1000)
        self.done = threading.Event()
        self.answer = self.error = None
        self.is_multiple, self.bindings, self.children, self.child_handles = False, None, [], []
        self.cancel = lambda: None


class Statements:
    def __init__(self, engine, settings):
        self._engine, self._settings = engine, settings
        self._by_handle, self._by_request = {}, {}
        self._lock = threading.Lock()
        # How often each request id was executed.
        self.executions = {}

    def submit(self, body, request_id, is_retry, principal):
        """The statement of a request: the one that runs already when this is a retry with the same id."""
        with self._lock:
            if request_id and is_retry and request_id in self._by_request:
                return self._by_request[request_id]
            statement = Statement(body, request_id, principal)
            self._by_handle[statement.handle] = statement
            if request_id:
                self._by_request[request_id] = statement
                self.executions[request_id] = self.executions.get(request_id, 0) + 1
        threading.Thread(target=self._run, args=(statement,), daemon=True).start()
        return statement

    def find(self, handle):
        with self._lock:
            return self._by_handle.get(handle)

    def all(self):
        with self._lock:
            return list(self._by_handle.values())

    def cancel(self, statement):
        if not statement.done.is_set():
            statement.cancel()

    def _run(self, statement):
        try:
            time.sleep(self._settings.statement_seconds)
            answer = self._engine.run(statement)
            for child in statement.children:
                self._add_child(statement, child)
            statement.answer = answer
        except SQLError as error:
            statement.error = error
        except Exception as error:
            statement.error = SQLError(603, "XX000", f"{type(error).__name__}: {error}")
            raise
        finally:
            statement.done.set()

    def _add_child(self, parent, answer):
        child = Statement({}, None, parent.principal)
        child.answer = answer
        child.done.set()
        with self._lock:
            self._by_handle[child.handle] = child
        parent.child_handles.append(child.handle)
