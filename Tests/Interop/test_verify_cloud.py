"""scripts/verify-cloud on the three emulators: what it finds, what it leaves, and what its report does not hold."""

import json
import pathlib
import re
import shutil
import signal
import subprocess

import pytest

from adls_clients import KEY, tree
from cloud_pipeline import cloud
from drive_mirror import DriveMirror
from pipeline import ROOT, SELLER_HEADER, seller, write_workbook

# Longer is hanging, on a busy machine too.
LIMIT_SECONDS = 900
# Without the variables of who runs the tests.
COMMAND = [ROOT / "scripts" / "verify-cloud", "--env", "/dev/null"]
# Made here, so that nothing in the sources looks like a secret.
PEM_FRAME = "\n".join(["-" * 5 + f"{word} PRIVATE KEY" + "-" * 5 for word in ("BEGIN", "END")]).replace("\n", "\n{}\n")
TOKEN = ".".join(["eyJhbGciOiJSUzI1NiJ9", "eyJzdWIiOiJ4In0", "c2ln"])


@pytest.fixture(scope="module")
def services(tmp_path_factory):
    folder = tmp_path_factory.mktemp("verify")
    with cloud(folder / "cloud") as running:
        people = folder / "source" / "People"
        write_workbook(people / "Sellers.xlsx", SELLER_HEADER, [seller(number) for number in range(40)] + [["no key", "1", "x", "nowhere"]])
        write_workbook(people / "Sellers South.xlsx", SELLER_HEADER, [seller(number, state="RS") for number in range(40, 60)])
        DriveMirror(running.drive, folder / "source").update()
        # One dataset is enough to see everything.
        contracts = folder / "contracts"
        contracts.mkdir()
        for name in ("sellers", "rejects"):
            shutil.copy(ROOT / "compose" / "contracts" / f"{name}.odcs.yaml", contracts)
        running.addresses["CONTRACTS"] = str(contracts)
        yield running


class Verification:
    def __init__(self, services, folder):
        self.services, self.folder = services, folder
        self.databases = services.warehouse.admin("GET", "databases")

    def start(self, *arguments, **more):
        environment = {**self.services.environment(), "WORK": str(self.folder / "work"), **more}
        return subprocess.Popen([*COMMAND, "--yes", *arguments], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def run(self, *arguments, expect=0, **more):
        return self.finish(self.start(*arguments, **more), expect)

    def finish(self, process, expect):
        output, errors = process.communicate(timeout=LIMIT_SECONDS)
        assert process.returncode == expect, errors
        report = pathlib.Path(output.strip()).read_text()
        self.check_secrets(report + errors + output)
        for name in ("devstoreaccount1", self.services.drive.ready["folder"], "myorg-local"):
            assert name.lower() not in report.lower()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d{4}Z(-\d+)?\.md", pathlib.Path(output.strip()).name)
        return report

    def check_secrets(self, text):
        credentials = self.services.drive.ready["credentials"]
        google = json.loads(pathlib.Path(credentials["service_account"]).read_text())["private_key"]
        snowflake = pathlib.Path(self.services.warehouse.ready["credentials"]["key_file"]).read_text()
        seeded = [KEY, *(line for key in (google, snowflake) for line in key.splitlines() if len(line) > 20)]
        assert len(seeded) > 20
        for secret in seeded:
            assert secret not in text

    def check_nothing_is_left(self):
        assert [path for path in tree(self.services.lake) if "sluice" in path] == []
        assert self.services.warehouse.admin("GET", "databases") == self.databases
        assert [path.suffix for path in (self.folder / "work" / "verify").iterdir()] == [".md"]


@pytest.fixture
def verification(services, tmp_path):
    return Verification(services, tmp_path)


def results(report):
    """(part, check) -> result, of the report's table."""
    rows = [line.split(" | ") for line in report.splitlines() if re.match(r"\| (drive|adls|snowflake|pipeline|clean-up|trial) \|", line)]
    return {(row[0].strip("| "), row[1]): row[2].strip("*") for row in rows}


def test_everything_passes_and_nothing_is_left(verification):
    process = verification.start()
    for line in process.stderr:
        if "a run that is killed" in line:
            # The lock of who was killed is free after half a minute.
            verification.services.lake.admin("POST", "clock", {"advance_seconds": 31})
            break
    report = verification.finish(process, 0)
    assert report.startswith("# Verification against the cloud: passed")
    found = results(report)
    assert set(found.values()) == {"ok"}
    assert {part for part, _ in found} == {"drive", "adls", "snowflake", "pipeline", "clean-up"}
    assert re.search(r"killed while it loads \| ok \| [0-9.]+ \| (with a statement running|when the first load had just ended)", report)
    assert "60 rows landed; deliveries: 2 current" in report
    assert "LAKE | abfss://l…@de…t1.dfs" in report and "says nothing about the real ones" in report
    verification.check_nothing_is_left()
    # The Drive was read, and nothing else.
    asked = {(entry["method"], entry["operation"]) for entry in verification.services.drive.requests()}
    assert {method for method, operation in asked if operation != "token"} == {"GET"}


def failed(report):
    return [place for place, result in results(report).items() if result == "FAILED"]


def test_a_wrong_key_is_a_red_line(verification):
    wrong = KEY[:-8] + "AAAAAA=="
    report = verification.run(expect=65, AZURE_STORAGE_KEY=wrong)
    assert wrong not in report
    assert failed(report) == [("adls", "sign in and list")]
    assert results(report)["pipeline", "all counts agree"] == "not run"
    assert "request ids of refusals | x-ms-request-id " in report
    verification.check_nothing_is_left()


def test_a_wrong_key_of_google_and_one_of_snowflake_are_red_lines(verification, tmp_path):
    ready = verification.services.drive.ready["credentials"]["service_account"]
    key = subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], check=True, capture_output=True,
                         text=True).stdout
    account = tmp_path / "account.json"
    account.write_text(json.dumps({**json.loads(pathlib.Path(ready).read_text()), "private_key": key}))
    (tmp_path / "other.p8").write_text(key)
    report = verification.run("--only", "drive,snowflake", expect=65, GOOGLE_APPLICATION_CREDENTIALS=str(account),
                              SNOWFLAKE_CONNECTIONS_LOCAL_PRIVATE_KEY_FILE=str(tmp_path / "other.p8"))
    assert failed(report) == [("drive", "sign in and list the folder"),
                              ("snowflake", "sign in, and find everything that a load needs")]
    assert not any(line in report for line in key.splitlines())
    verification.check_nothing_is_left()


def test_a_missing_container_is_a_red_line(verification):
    report = verification.run("--only", "adls", expect=65, LAKE="abfss://nosuch@devstoreaccount1.dfs.core.windows.net")
    assert failed(report) == [("adls", "sign in and list")]
    verification.check_nothing_is_left()


def test_a_warehouse_that_may_not_be_used_is_a_red_line(verification):
    verification.services.warehouse.admin("POST", "settings", {"warehouse": "OTHER"})
    try:
        report = verification.run("--only", "snowflake", expect=65)
    finally:
        verification.services.warehouse.admin("POST", "settings", {"warehouse": "LOADING"})
    assert failed(report) == [("snowflake", "sign in, and find everything that a load needs")]
    verification.check_nothing_is_left()


def test_a_dear_warehouse_is_refused_unless_it_is_wanted(verification):
    verification.services.warehouse.admin("POST", "settings", {"warehouse_size": "Large"})
    try:
        report = verification.run("--only", "snowflake", expect=65)
        assert failed(report) == [("snowflake", "the cheapest warehouse, which suspends itself")]
        assert set(results(verification.run("--only", "snowflake", "--any-warehouse")).values()) == {"ok"}
    finally:
        verification.services.warehouse.admin("POST", "settings", {"warehouse_size": "X-Small"})


def test_an_interrupted_verification_cleans_up(verification):
    process = verification.start("--only", "adls,snowflake")
    for line in process.stderr:
        if line.startswith("ok      snowflake  make database"):
            break
    process.send_signal(signal.SIGINT)
    report = verification.finish(process, 130)
    assert results(report)["trial", "interrupted"] == "not run"
    verification.check_nothing_is_left()


def test_what_cannot_be_removed_is_told(verification):
    lake = verification.services.lake
    refusal = {"name": "locked", "match": {"operation": "path.delete"},
               "actions": [{"kind": "status", "status": 403, "reason": "AuthorizationPermissionMismatch"}]}
    lake.admin("POST", "faults", refusal)
    try:
        report = verification.run("--only", "adls", expect=65)
    finally:
        lake.admin("DELETE", "faults?name=locked")
    red = [line for line in report.splitlines() if "clean-up" in line and "FAILED" in line]
    assert len(red) == 2 and "by hand: adls-put --delete abfss://" in red[0] and "--with-memory" in red[0]


def test_nothing_is_done_without_a_yes(services, tmp_path):
    environment = {**services.environment(), "WORK": str(tmp_path / "work")}
    done = subprocess.run(COMMAND, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 64 and "make the database SLUICE_TRIAL_" in done.stderr and "nothing was done" in done.stderr
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("missing, told", [("SOURCE", "Drive folder"), ("LAKE", "abfss://CONTAINER"), ("WAREHOUSE", "snowflake:CONNECTION"),
                                           ("STORAGE_INTEGRATION", "SNOWFLAKE_STAGE_SAS")])
def test_what_is_not_set_is_told(services, tmp_path, missing, told):
    environment = {name: value for name, value in services.environment().items() if name != missing}
    done = subprocess.run([*COMMAND, "--yes"], env={**environment, "WORK": str(tmp_path / "work")}, capture_output=True, text=True,
                          timeout=LIMIT_SECONDS, check=False)
    assert done.returncode == 78 and told in done.stderr


def test_variables_come_from_a_file_of_compose(tmp_path):
    """By compose.yaml's own list of which secret is which variable."""
    compose = (ROOT / "compose" / "compose.yaml").read_text()
    named = dict(reversed(pair) for pair in re.findall(r"(\w+): \$\{(\w+):\+/run/secrets/", compose))
    named.pop("ALERT_WEBHOOK")
    assert len(named) >= 4
    (tmp_path / "my.env").write_text(f"# comment\nSOURCE=file:{tmp_path}\nexport LAKE='abfss://a@b.dfs.core.windows.net'\nSTAGE=\n"
                                     + "".join(f"{name}=secrets/{name}\n" for name in named))
    code = ("import sys, json, pathlib; sys.path.insert(0, sys.argv[1]); from verify.addresses import read_variables; "
            "print(json.dumps(read_variables(pathlib.Path(sys.argv[2]))))")
    done = subprocess.run(["python3", "-c", code, ROOT / "scripts", tmp_path / "my.env"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == {
        "SOURCE": f"file:{tmp_path}", "LAKE": "abfss://a@b.dfs.core.windows.net",
        **{variable: str(tmp_path / "secrets" / name) for name, variable in named.items()}}


def test_no_form_of_a_secret_passes_the_redaction(tmp_path):
    """Secrets of variables, of the files that variables name, of credential files and connection profiles, and what looks like one."""
    (tmp_path / "key").write_text("file-secret-1\n")
    (tmp_path / "google.json").write_text(json.dumps({
        "type": "authorized_user", "client_secret": "google-secret-2", "refresh_token": "google-secret-3", "client_email": "me@project.example.com",
        "credential_source": {"headers": {"Token": "google-secret-4"}}, "token_uri": "https://oauth2.example.com/token"}))
    (tmp_path / "connections.toml").write_text('[prod]\naccount = "myorg-production"\npassword = "toml-secret-5"\ntoken_file_path = "key2"\n')
    (tmp_path / "key2").write_text("file-secret-6")
    (tmp_path / "key3").write_text("/file/secret+10==\n")
    environment = {
        "LAKE": "abfss://lake@mystorage.dfs.core.windows.net", "AZURE_CLIENT_SECRET": "env-secret-7", "AZURE_STORAGE_KEY_FILE": str(tmp_path / "key"),
        "ALERT_WEBHOOK_FILE": str(tmp_path / "key3"),
        "GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "google.json"), "SNOWFLAKE_HOME": str(tmp_path), "PRIVATE_KEY_PASSPHRASE": "env-secret-8",
        "SNOWFLAKE_STAGE_SAS": "?sv=2024&sig=env%2Bsecret9%3D", "STORAGE_INTEGRATION": "LAKE_READER"}
    said = ["/file/secret+10==", "file-secret-1", "google-secret-2", "google-secret-3", "google-secret-4", "toml-secret-5", "file-secret-6", "env-secret-7", "env-secret-8",
            "sig=abc%2Fdef", "Bearer abcdef.ghi", TOKEN, "ya29.a0Ab_cd", "A" * 86 + "==",
            PEM_FRAME.format("MIIEv"), "me@project.example.com", "mystorage", "MyOrg-Production"]
    code = ("import sys, json, pathlib, argparse; sys.path.insert(0, sys.argv[1])\n"
            "from verify import addresses, redaction\n"
            "options = argparse.Namespace(env='/dev/null', include=[], only=('adls',))\n"
            "trial = addresses.trial(options, json.loads(sys.argv[2]))\n"
            "print(redaction.Redactor(trial).clean(sys.argv[3]))\n")
    done = subprocess.run(["python3", "-c", code, ROOT / "scripts", json.dumps(environment), " | ".join(said) + " | x-ms-request-id 1f0c-22"],
                          capture_output=True, text=True, check=True)
    for secret in said:
        assert secret not in done.stdout, secret
    assert done.stdout.strip().endswith("x-ms-request-id 1f0c-22")
    for secret in ("env%2Bsecret9", "MIIEv", "abc%2Fdef", "abcdef.ghi"):
        assert secret not in done.stdout
    assert "my…ge" in done.stdout and "my…on" in done.stdout.lower()
