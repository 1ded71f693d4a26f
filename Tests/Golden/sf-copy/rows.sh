# The rows of a table as NDJSON, a table that is not there, and a warehouse that was made for a trial.
contracts=$GOLDEN_DATA/sf-copy/contracts
status() { "$@" || echo "status $?"; }
sf-copy --to duckdb:SLUICE_TRIAL_1.duckdb --contracts "$contracts" --create >/dev/null
echo '{"run":"r","kind":"marts","started_at":"2026-01-01T00:00:00.000Z","finished_at":null,"status":"ok","exit_status":0,"dbt_hash":null,"details":{"a":1}}' |
    sf-copy --to duckdb:SLUICE_TRIAL_1.duckdb --record-run -
status sf-copy --to duckdb:SLUICE_TRIAL_1.duckdb --rows ops.runs
status sf-copy --to duckdb:SLUICE_TRIAL_1.duckdb --rows lnd.things
status sf-copy --to duckdb:SLUICE_TRIAL_1.duckdb --rows lnd.others
status sf-copy --to duckdb:SLUICE_TRIAL_1.duckdb --rows lnd.things --drop-trial
cp SLUICE_TRIAL_1.duckdb warehouse.duckdb
status sf-copy --to duckdb:warehouse.duckdb --drop-trial
status sf-copy --to duckdb:SLUICE_TRIAL_1.duckdb --drop-trial
ls
