# The report does not take the place of what is read: status 64, and nothing is loaded.
printf '' > manifest.ndjson
status=0
sf-copy --to duckdb:w.duckdb --contract "$GOLDEN_DATA/sf-copy/contracts/things.odcs.yaml" --manifest manifest.ndjson \
    --report ./manifest.ndjson || status=$?
ls
exit $status
