"""The pipeline on three emulators: a Drive folder, a container, a Snowflake account. Only addresses and keys differ from a laptop's."""

import contextlib
import os
import pathlib
import subprocess

import adls_put_program
import snowflake_sessions
from adls_clients import KEY, start
from adls_put_program import URL
from drive_mirror import DriveMirror
from drive_pulls import started
from pipeline import ROOT, Pipeline

# Up to the star schema, on an emulator of Snowflake, on a busy machine.
MAKE_LIMIT_SECONDS = 1800
# What a shell may have set for the person who runs the tests.
FOREIGN = (*adls_put_program.FOREIGN, "GOOGLE_", "GCE_", "CLOUDSDK_", "SNOWFLAKE_", "SLUICE_DRIVE", "SLUICE_IAM")


class Cloud:
    """The three services, and the variables that lead the programs to them."""

    def __init__(self, folder, drive, lake, warehouse):
        self.drive, self.lake, self.warehouse = drive, lake, warehouse
        home = pathlib.Path(warehouse.ready["credentials"]["connections"]).parent
        # The three addresses that change between a laptop and the cloud.
        self.addresses = {"SOURCE": f"https://drive.google.com/drive/folders/{drive.ready['folder']}", "LAKE": URL, "WAREHOUSE": "snowflake:local"}
        # What signs in, and where the emulators listen.
        self.keys = {
            "GOOGLE_APPLICATION_CREDENTIALS": drive.ready["credentials"]["service_account"], "SLUICE_DRIVE_API": f"{drive.url}/drive/v3",
            "NO_GCE_CHECK": "true", "SLUICE_IAM_API": drive.url, "PULL_OPTIONS": "--quiet-period 0", "AZURE_STORAGE_KEY": KEY,
            "SLUICE_ADLS_ENDPOINT": lake.ready["endpoint"], "SNOWFLAKE_HOME": str(home), "STORAGE_INTEGRATION": "LAKE_READER",
            "HOME": str(folder)}

    def environment(self):
        clean = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        return {**clean, **self.keys, **self.addresses}


@contextlib.contextmanager
def cloud(folder):
    """All three, empty, in a folder of their own."""
    places = [folder / name for name in ("google", "azure", "snowflake")]
    for place in places:
        place.mkdir(parents=True)
    container, place = URL.removeprefix("abfss://").split("@")
    account, _, path = place.partition("/")
    with started(places[0]) as drive, start(places[1]) as lake:
        address = f"azure://{account.replace('.dfs.', '.blob.')}/{container}"
        files = f"{address}={pathlib.Path(lake.ready['root']) / container}"
        with snowflake_sessions.start(places[2], "--stage-files", files) as warehouse:
            yield Cloud(folder, drive, lake, warehouse)


class CloudPipeline(Pipeline):
    """The pipeline of a laptop whose source, lake and warehouse are elsewhere."""

    def __init__(self, folder, services):
        super().__init__(folder)
        self.services = services
        self.mirror = DriveMirror(services.drive, self.source)

    def environment(self, **more):
        inherited = {name: value for name, value in super().environment().items() if not name.startswith(FOREIGN)}
        return {**inherited, **self.services.environment(), **more}

    def make(self, *goals, **more):
        """`make GOAL...`, without looking again whether everything is installed and built."""
        done = subprocess.run(
            ["make", "--no-print-directory", "-o", "setup", "-o", "release", *goals], cwd=ROOT, env=self.environment(**more),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=MAKE_LIMIT_SECONDS, check=False)
        self.status = done.returncode
        return done.stdout

    def query(self, sql, parameters=None):
        assert not parameters
        return snowflake_sessions.look(self.services.warehouse, sql)
