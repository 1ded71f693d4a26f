# A table that differs is refused with the statements that mend it.
sf-copy --to duckdb:w.duckdb --contracts "$GOLDEN_DATA/sf-copy/contracts" --create --quiet >/dev/null
"$SLUICE_DUCKDB" -init /dev/null w.duckdb -c 'ALTER TABLE lnd.things DROP COLUMN price; ALTER TABLE ops.runs ALTER COLUMN exit_status SET DATA TYPE BIGINT'
sf-copy --to duckdb:w.duckdb --contracts "$GOLDEN_DATA/sf-copy/contracts" --create
