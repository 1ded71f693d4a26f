"""Where the endpoints are and how they are entered: the environment, and a file of variables behind it."""

import dataclasses
import datetime
import os
import pathlib
import re
import secrets

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENDPOINTS = ("drive", "adls", "snowflake")
# compose/.env names files of secrets by its own names.
COMPOSE_NAMES = {
    "GOOGLE_KEY": "GOOGLE_APPLICATION_CREDENTIALS", "AZURE_KEY": "AZURE_STORAGE_KEY_FILE",
    "AZURE_CLIENT": "AZURE_CLIENT_SECRET_FILE", "SNOWFLAKE_KEY": "SNOWFLAKE_PRIVATE_KEY_FILE"}
# Of another run: ours are made for each run.
NOT_INHERITED = ("RUN", "SLUICE_LEASED", "RETRY", "DATASETS", "STAGE", "AS_OF", "PUBLISHED", "MOVED_FROM", "DATABASE", "WORK")
AZURE = re.compile(r"abfss?://(?P<container>[^@/]+)@(?P<account>[^./]+)[^/]*(?P<path>/.*)?$")


class ConfigurationError(Exception):
    """Something that must be set is missing or wrong; the message says what to do."""


def read_variables(path):
    """NAME=VALUE lines, as Docker Compose reads them, without interpolation."""
    found = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        match = re.match(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$", line)
        if not match:
            raise ConfigurationError(f"{path}:{number}: not NAME=VALUE")
        name, value = match.groups()
        if value[:1] in ("'", '"') and value.endswith(value[0]) and len(value) > 1:
            value = value[1:-1]
        if not value:
            continue
        if name in COMPOSE_NAMES:
            # A file beside the list.
            name, value = COMPOSE_NAMES[name], str((path.parent / value).resolve())
        found[name] = value
    return found


@dataclasses.dataclass
class Trial:
    """One verification: its addresses and the names of all that it makes, which nothing else has."""

    environment: dict
    source: str
    lake: str
    warehouse: str
    contracts: pathlib.Path
    endpoints: tuple
    name: str
    started: datetime.datetime
    work: pathlib.Path
    # The endpoints in which something was made, or at least begun.
    touched: set = dataclasses.field(default_factory=set)

    @property
    def database(self):
        """sf-copy removes databases of this prefix only."""
        return f"SLUICE_TRIAL_{self.name}".upper()

    @property
    def lake_folder(self):
        return f"{self.lake}/sluice-trial-{self.name}"

    @property
    def folder(self):
        """What this machine keeps meanwhile."""
        return self.work / "verify" / f"trial-{self.name}"

    @property
    def datasets(self):
        names = (path.name.removesuffix(".odcs.yaml") for path in sorted(self.contracts.glob("*.odcs.yaml")))
        return [name for name in names if name != "rejects"]

    def variables(self, place, warehouse=None):
        """The environment of a program or a run, whose files lie in `place`."""
        return {
            "SLUICE_DUCKDB": str(ROOT / ".venv" / "bin" / "duckdb"), **self.environment, "SOURCE": self.source,
            "LAKE": self.lake_folder, "WAREHOUSE": warehouse or self.warehouse, "CONTRACTS": str(self.contracts), "DATABASE": self.database, "WORK": str(self.folder / place)}

    def to_warehouse(self):
        """sf-copy's arguments for the trial's database."""
        arguments = ["--to", self.warehouse, "--database", self.database, "--lake", self.lake_folder]
        integration = self.environment.get("STORAGE_INTEGRATION")
        return [*arguments, *(["--storage-integration", integration] if integration else [])]


def trial(options, environment):
    """What is to be checked, from the options, the environment and the file of variables.

    Raises ConfigurationError for what is missing.
    """
    listed = pathlib.Path(options.env) if options.env else ROOT / "compose" / ".env"
    if options.env and not listed.exists():
        raise ConfigurationError(f"--env {listed}: there is no such file")
    values = {**(read_variables(listed) if listed.exists() else {}), **environment}
    work = pathlib.Path(environment.get("WORK") or ROOT / "work").absolute()
    if options.include:
        pulling = " ".join(f"--include {pattern}" for pattern in options.include)
        if any(character.isspace() for pattern in options.include for character in pattern):
            raise ConfigurationError("--include: a pattern with a space cannot be handed on; ? stands for one character")
        values["PULL_OPTIONS"] = f"{values.get('PULL_OPTIONS', '')} {pulling}".strip()
    now = datetime.datetime.now(datetime.timezone.utc)
    found = Trial(
        environment={name: value for name, value in values.items() if name not in NOT_INHERITED},
        source=values.get("SOURCE", ""), lake=values.get("LAKE", "").rstrip("/"), warehouse=values.get("WAREHOUSE", ""),
        contracts=pathlib.Path(values.get("CONTRACTS") or ROOT / "compose" / "contracts").absolute(), endpoints=options.only,
        name=f"{now:%Y%m%dT%H%M%S}_{secrets.token_hex(3)}".lower(), started=now, work=work)
    check(found)
    return found


def check(found):
    if not found.datasets:
        raise ConfigurationError(f"CONTRACTS={found.contracts}: there are no contracts")
    if "drive" in found.endpoints and (not found.source or found.source.startswith("file:")):
        raise ConfigurationError(f"SOURCE={found.source or ' is not set'}: set it to the address of a Drive folder, "
                                 "or leave drive out with --only")
    if "adls" in found.endpoints and not AZURE.match(found.lake):
        raise ConfigurationError(f"LAKE={found.lake or ' is not set'}: set it to abfss://CONTAINER@ACCOUNT.dfs.core.windows.net, "
                                 "or leave adls out with --only")
    if "snowflake" in found.endpoints:
        if not found.warehouse.startswith("snowflake:"):
            raise ConfigurationError(f"WAREHOUSE={found.warehouse or ' is not set'}: set it to snowflake:CONNECTION, "
                                     "or leave snowflake out with --only")
        if not AZURE.match(found.lake):
            raise ConfigurationError(f"LAKE={found.lake or ' is not set'}: Snowflake reads a lake in Azure: set it to "
                                     "abfss://CONTAINER@ACCOUNT.dfs.core.windows.net")
        if not (found.environment.get("STORAGE_INTEGRATION") or found.environment.get("SNOWFLAKE_STAGE_SAS")):
            raise ConfigurationError("set STORAGE_INTEGRATION (scripts/provision-snowflake makes one) or SNOWFLAKE_STAGE_SAS: "
                                     "by it the trial's stage reads the lake")


def programs_folder(environment):
    return pathlib.Path(environment.get("SLUICE_BIN") or ROOT / ".build" / "release").absolute()


def own_environment():
    return dict(os.environ)
