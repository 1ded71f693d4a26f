# shellcheck shell=bash
# What every step of the pipeline needs to know, with the laptop's defaults. Source it; set a variable to change it.
#
#   WORK       where a run keeps its files              work
#   SOURCE     where the workbooks are                  file:$WORK/drive, or the address of a Google Drive folder
#   PULL_OPTIONS  more options of drive-pull            such as --quiet-period 0
#   MOVED_FROM what SOURCE was called before            nothing; one address a line (drive-pull --moved-from)
#   LAKE       the data lake                            file:$WORK/lake; or abfss://CONTAINER@ACCOUNT.dfs.core.windows.net
#   WAREHOUSE  the warehouse                            duckdb:$WORK/warehouse.duckdb
#   PUBLISHED  the copy of it that dashboards read      $WORK/published/warehouse.duckdb
#   DATABASE   the database in the warehouse            ecom
#   STAGE      Snowflake: the stage that stands for the lake   @OPS.LAKE
#   STORAGE_INTEGRATION  Snowflake: by which a new stage reads the lake
#   ACCESS     Snowflake: what of the contracts' roles and classifications is applied   all; grants, none
#   CONTRACTS  one contract per dataset                 compose/contracts
#   DATASETS   only these are processed and loaded      all; names with spaces between
#   SLUICE_BIN the folder of the programs               .build/release
#   RUN        the run's name                           the time it started, UTC, and a process id

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# Absolute, for dbt takes a relative path from its project; links stay, for the source's path is part of every record.
WORK=$(realpath -ms -- "${WORK:-$root/work}")
export WORK
export SOURCE=${SOURCE:-file:$WORK/drive}
export LAKE=${LAKE:-file:$WORK/lake}
export WAREHOUSE=${WAREHOUSE:-duckdb:$WORK/warehouse.duckdb}
# A file whose name begins with a dash would be an option to many a program.
[[ $WAREHOUSE != duckdb:-* ]] || WAREHOUSE=duckdb:./${WAREHOUSE#duckdb:}
export PUBLISHED=${PUBLISHED:-$WORK/published/warehouse.duckdb}
export DATABASE=${DATABASE:-ecom}
export CONTRACTS=${CONTRACTS:-$root/compose/contracts}
export SLUICE_BIN=${SLUICE_BIN:-$root/.build/release}
export SLUICE_DUCKDB=${SLUICE_DUCKDB:-$root/.venv/bin/duckdb}
export PATH="$SLUICE_BIN:$PATH"
export RUN=${RUN:-$(date -u +%Y%m%dT%H%M%SZ)-$$}
export RUN_FOLDER=$WORK/runs/$RUN
lake=${LAKE%/}
export lake
# How drive-pull is called, by pull and look alike. What is remembered of a Google Drive folder saves requests; losing it
# loses nothing.
# shellcheck disable=SC2034
pull_options=()
read -r -d '' -a pull_options <<<"${PULL_OPTIONS:-}" || true
while IFS= read -r former; do
    [[ -z $former ]] || pull_options+=("--moved-from=$former")
done <<<"${MOVED_FROM:-}"
[[ $SOURCE == file:* ]] || pull_options+=(--state "$WORK/drive-state.ndjson")
# How sf-copy reaches the warehouse. STORAGE_INTEGRATION and STAGE are Snowflake's names for the way to the lake.
# shellcheck disable=SC2034
to_warehouse=(--to "$WAREHOUSE")
[[ $WAREHOUSE != snowflake:* ]] || to_warehouse+=(--database "$DATABASE" --lake "$lake" --state "$WORK/snowflake"
    ${STORAGE_INTEGRATION:+--storage-integration "$STORAGE_INTEGRATION"} ${STAGE:+--stage "$STAGE"}
    ${ACCESS:+--access "$ACCESS"})
# One line for a person, named after the step. Names of files may have line ends in them.
say() {
    local text=$*
    text=${text//$'\n'/\\n}
    printf '%s: %s\n' "$(basename "$0")" "${text//[[:cntrl:]]/?}" >&2
}

# What jq and the system's own programs end with, when they cannot read or write, is no status that anybody knows.
trap '[[ $? -gt 5 ]] || { say "line $LINENO: a command failed, mostly because a file cannot be read or written: see above"; exit 74; }' ERR

mkdir -p -- "$WORK/tmp" "$RUN_FOLDER" || { say "set WORK to a folder that can be written and has room" && exit 74; }
[[ -x $SLUICE_BIN/adls-put ]] || { say "there are no programs in $SLUICE_BIN: build them with make release" && exit 78; }
