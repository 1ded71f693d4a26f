# A run that fails still reports, and says why.
echo '{"id":"x"}' | ndjson2parquet --contract "$GOLDEN_DATA/parquet/things.odcs.yaml" -o x.parquet --report report.json ||
    jq -c '[.exit_status, .error, .outputs]' report.json
