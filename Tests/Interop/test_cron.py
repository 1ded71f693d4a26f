"""scripts/cron-run and scripts/notify: what is tried again, what is kept in the log, what is told and what is not."""
import http.server
import json
import os
import subprocess
import threading

import pytest

from pipeline import ROOT, RUN_LIMIT_SECONDS, SELLER_HEADER, seller, write_workbook


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def hook():
    server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    server.bodies, server.answer = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def cron_run(pipeline, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [str(ROOT / "scripts" / "cron-run"), "--steps", "pull,process,load", *arguments], capture_output=True, text=True,
        env=pipeline.environment(PAUSE="0", **environment), timeout=RUN_LIMIT_SECONDS)


def test_a_good_run_says_nothing_and_is_in_the_log(pipeline, hook):
    write_workbook(pipeline.source / "Sellers.xlsx", SELLER_HEADER, [seller(1)])
    done = cron_run(pipeline, ALERT_WEBHOOK=f"http://127.0.0.1:{hook.server_port}/")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "run-pipeline: done" in (pipeline.work / "logs" / "pipeline.log").read_text()
    assert hook.bodies == []


def test_a_degraded_run_is_final_and_told_to_mail_and_webhook(pipeline, hook, tmp_path):
    (pipeline.source / "Sellers.xlsx").write_bytes(b"no workbook")
    secret = tmp_path / "webhook"
    secret.write_text(f"http://127.0.0.1:{hook.server_port}/a-secret-path\n")
    done = cron_run(pipeline, ALERT_WEBHOOK_FILE=str(secret))
    assert done.returncode == 65
    assert "exit status 65 (degraded: something was set aside, the rest is done) after 1 of 4 tries" in done.stderr
    assert "Sellers.xlsx" in done.stderr and "a-secret-path" not in done.stderr
    [body] = hook.bodies
    assert body["source"] == "sluice" and "exit status 65" in body["text"]


def test_busy_is_tried_again_and_then_told(pipeline):
    pipeline.work.mkdir()
    command = [str(pipeline.binaries / "adls-put"), "--lease", f"file:{pipeline.lake}/_state/run", "--", "sleep", "30"]
    with subprocess.Popen(command) as lease:
        done = cron_run(pipeline, TRIES="3")
        lease.terminate()
    assert done.returncode == 75 and "after 3 of 3 tries" in done.stderr
    assert (pipeline.work / "logs" / "pipeline.log").read_text().count("== 20") == 3


def test_a_long_log_is_put_aside_and_four_are_kept(pipeline):
    logs = pipeline.work / "logs"
    logs.mkdir(parents=True)
    for name in ("pipeline.log", *(f"pipeline.log.{number}" for number in range(1, 5))):
        (logs / name).write_bytes(name.encode() + b"x" * (10 << 20))
    cron_run(pipeline)
    kept = {path.name: path.read_bytes()[:16].rstrip(b"x") for path in logs.iterdir()}
    assert kept.pop("pipeline.log").startswith(b"== 20")
    assert kept == {
        "pipeline.log.1": b"pipeline.log", "pipeline.log.2": b"pipeline.log.1", "pipeline.log.3": b"pipeline.log.2",
        "pipeline.log.4": b"pipeline.log.3"}


@pytest.mark.parametrize("address, status", [
    ("http://example.com/hook", 78), ("ftp://127.0.0.1/x", 78), ("no address", 78), ("http://127.0.0.1:9/secret", 69), ("", 0)])
def test_a_webhook_is_https_or_on_this_machine_and_its_address_is_not_shown(address, status):
    done = subprocess.run(
        [str(ROOT / "scripts" / "notify"), "test", "text"], env={**os.environ, "ALERT_WEBHOOK": address}, capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    assert "secret" not in done.stderr and "hook" not in done.stderr.replace("webhook", "")


def test_a_webhook_that_refuses_is_said_so(hook):
    hook.answer = 403
    done = subprocess.run(
        [str(ROOT / "scripts" / "notify"), "test", "-"], input="x" * 10_000, capture_output=True, text=True,
        env={**os.environ, "ALERT_WEBHOOK": f"http://127.0.0.1:{hook.server_port}/secret"})
    assert done.returncode == 65 and done.stderr == "notify: the webhook answered 403\n"
    assert len(hook.bodies[0]["text"]) < 4_100
