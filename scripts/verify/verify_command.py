"""Check the whole job on your own Drive folder, storage account and Snowflake account, and write a report.

examples:
  set -a; . ./my.env; set +a; scripts/verify-cloud     what it will do, then yes or no
  scripts/verify-cloud --yes --include 'Masters/*'     only some workbooks
  scripts/verify-cloud --only drive                    one endpoint: sign in, list, download
  scripts/verify-cloud --only adls,snowflake --keep    leave what was made, to look at it
  make verify-cloud                                    with programs built before

The addresses and credentials are those of the pipeline: SOURCE, LAKE, WAREHOUSE, STORAGE_INTEGRATION (or
SNOWFLAKE_STAGE_SAS), GOOGLE_APPLICATION_CREDENTIALS, AZURE_..., SNOWFLAKE_... and connections.toml; from the environment,
else from compose/.env. Least rights: Drive: Viewer of the folder. Storage: Storage Blob Data Contributor on the
container. Snowflake: what scripts/provision-snowflake prints, and for this trial
  GRANT CREATE DATABASE ON ACCOUNT TO ROLE <loader>;

It reads the Drive and never writes to it. Everything it makes has a name of its own (sluice-trial-... in the container,
SLUICE_TRIAL_... in Snowflake) and is removed at the end, after a failure and after Ctrl-C too. The report holds no
secret and no row of yours, and names of accounts only in part.

exit status: 0 all passed, 64 usage, 65 a check failed or something could not be removed, 78 something is not set,
130 or 143 interrupted (and cleaned up).
"""

import argparse
import platform
import shutil
import signal
import subprocess
import sys

from . import addresses, removal
from .addresses import ENDPOINTS, ROOT, ConfigurationError
from .endpoint_checks import DriveChecks, LakeChecks, WarehouseChecks
from .findings import FAILED, NOT_RUN, Findings, markdown, write_report
from .pipeline_checks import PipelineChecks
from .programs import Interrupted, Programs
from .redaction import Redactor

USAGE, BAD, CONFIGURATION = 64, 65, 78


def say(text):
    print(text, file=sys.stderr, flush=True)


def main(arguments):
    options = parsed(arguments)
    try:
        trial = addresses.trial(options, addresses.own_environment())
        programs = Programs(trial)
        if missing := programs.missing():
            raise ConfigurationError(f"there is no {missing[0]}: build the programs with make release")
        if "snowflake" in trial.endpoints and len(trial.endpoints) == len(ENDPOINTS) and not duckdb(trial):
            raise ConfigurationError("there is no duckdb to compare with: make setup installs it")
    except ConfigurationError as error:
        say(f"verify-cloud: {error}")
        return CONFIGURATION
    say(plan(trial, options.keep))
    if not options.yes and not agreed():
        say("verify-cloud: nothing was done (--yes starts it without a question)")
        return USAGE
    return verify(trial, programs, options)


def parsed(arguments):
    description, _, rest = __doc__.partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="verify-cloud", description=description, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False)
    parser.add_argument("--only", metavar="LIST", type=endpoints, default=ENDPOINTS,
                        help="some of drive,adls,snowflake; the pipeline is checked only with all three")
    parser.add_argument("--include", metavar="GLOB", action="append", default=[], help="only these files of the Drive folder (repeatable)")
    parser.add_argument("--env", metavar="FILE", help="variables that the environment does not set (default compose/.env; /dev/null for none)")
    parser.add_argument("--keep", action="store_true", help="remove nothing at the end, and say how")
    parser.add_argument("--any-warehouse", action="store_true", help="take a warehouse that is not XSMALL or does not suspend itself in 60 s")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.error = lambda message: (say(f"verify-cloud: {message}; see --help"), sys.exit(USAGE))
    return parser.parse_args(arguments)


def endpoints(text):
    names = tuple(name for name in text.split(",") if name)
    unknown = [name for name in names if name not in ENDPOINTS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(f"not some of {','.join(ENDPOINTS)}")
    return tuple(name for name in ENDPOINTS if name in names)


def plan(trial, keep):
    """What is made, and what it may cost."""
    lines = ["verify-cloud will"]
    if "drive" in trial.endpoints:
        lines.append("  read the workbooks of SOURCE and change nothing there; reading costs nothing")
    if "adls" in trial.endpoints:
        lines.append(f"  make the folder {trial.lake_folder}/ with copies of the workbooks and their Parquet files; some thousand "
                     "operations and minutes of storage, in general less than 0.10 USD")
    if "snowflake" in trial.endpoints:
        lines.append(f"  make the database {trial.database} by {trial.warehouse} and use its warehouse for some minutes; an XSMALL one "
                     "takes 1 credit an hour, at least a minute each time it wakes")
    lines.append(f"  use {trial.folder} on this machine")
    lines.append("  keep all of that (--keep)" if keep else "  and remove all of that at the end")
    return "\n".join(lines)


def agreed():
    if not sys.stdin.isatty():
        return False
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    try:
        return sys.stdin.readline().strip().lower() in ("y", "yes")
    except KeyboardInterrupt:
        return False


def verify(trial, programs, options):
    redactor = Redactor(trial)
    findings = Findings(redactor, say)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, programs.interrupt)
    stopped = None
    try:
        trial.folder.mkdir(parents=True)
        checks(trial, programs, findings, options)
    except Interrupted as interruption:
        stopped = int(interruption.args[0])
        findings.add("trial", "interrupted", NOT_RUN, f"by {signal.Signals(stopped).name}")
    except Exception as error:  # What we did not think of must not leave anything behind.
        findings.add("trial", "end", FAILED, f"{type(error).__name__}: {error}")
    finish(trial, programs, findings, options.keep)
    text = markdown(findings, facts(trial, programs, stopped), redactor)
    path = write_report(text, trial.work / "verify", trial.started)
    say(f"verify-cloud: {'passed' if findings.is_good else 'FAILED'}, report in {path}")
    print(path, flush=True)
    if stopped:
        return 128 + stopped
    return 0 if findings.is_good else BAD


def checks(trial, programs, findings, options):
    if "drive" in trial.endpoints:
        DriveChecks(trial, programs).run(findings)
    if "adls" in trial.endpoints:
        LakeChecks(trial, programs).run(findings)
    if "snowflake" in trial.endpoints:
        WarehouseChecks(trial, programs, options.any_warehouse).run(findings)
    if trial.endpoints == ENDPOINTS:
        PipelineChecks(trial, programs).run(findings)


def finish(trial, programs, findings, keep):
    """Removes what was made; signals do not stop it (each call has its own deadlines)."""
    work = removal.Removal(trial, programs)
    if keep:
        for what, program, arguments in work.commands():
            say(f"kept: {what}; {program} {' '.join(map(str, arguments))} removes it")
        say(f"kept: {trial.folder}")
        return
    programs.shield(lambda: say("verify-cloud: cleaning up; this is worth waiting for"))
    work.run(findings)


def duckdb(trial):
    given = trial.environment.get("SLUICE_DUCKDB")
    return shutil.which(given or str(ROOT / ".venv" / "bin" / "duckdb"))


def facts(trial, programs, stopped):
    """What the report says before its findings."""
    revision = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    found = [("time", trial.started.strftime("%Y-%m-%d %H:%M:%S UTC")), ("name", trial.name),
             ("programs", f"{programs.version('sf-copy')}{f' ({revision})' if revision else ''}"),
             ("machine", f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"),
             ("parts", ", ".join([*trial.endpoints, *(["pipeline"] if trial.endpoints == ENDPOINTS else [])]))]
    if "drive" in trial.endpoints:
        found.append(("SOURCE", trial.source))
    if {"adls", "snowflake"} & set(trial.endpoints):
        found.append(("LAKE", trial.lake))
    if "snowflake" in trial.endpoints:
        found.append(("WAREHOUSE", trial.warehouse))
        found.append(("statements", f"in QUERY_HISTORY by query tag, run trial-..., database {trial.database}"))
    if emulated(trial):
        found.append(("note", "at least one address was led to another service (SLUICE_DRIVE_API, SLUICE_ADLS_ENDPOINT or a host of this machine): "
                              "this says nothing about the real ones"))
    if programs.request_ids:
        found.append(("request ids of refusals", ", ".join(dict.fromkeys(programs.request_ids))))
    if stopped:
        found.append(("interrupted", signal.Signals(stopped).name))
    return found


def emulated(trial):
    return any(trial.environment.get(name) for name in ("SLUICE_DRIVE_API", "SLUICE_ADLS_ENDPOINT"))
