# Without a warehouse every record that a contract asks for is pending, by time of delivery.
sf-copy --to duckdb:w.duckdb --contracts "$GOLDEN_DATA/sf-copy/contracts" --pending <"$GOLDEN_DATA/sf-copy/records.ndjson" |
    jq -c '.process.key |= (. // "" | length)'
ls
