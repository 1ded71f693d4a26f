# A contract that discards unknown columns: they are left out and counted.
sed 's/    properties:/    customProperties: [{property: cleaning, value: {rulesVersion: 1, unknownColumns: discard}}]\n&/' \
    "$GOLDEN_DATA/parquet/things.odcs.yaml" >things.odcs.yaml
echo '{"id":1,"colour":"red"}' | ndjson2parquet --contract things.odcs.yaml -o x.parquet | jq -c '.columns | keys_unsorted'
