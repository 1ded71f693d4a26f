# Files of a given size, numbered, all of them together; no row is lost.
seq 1 30000 | awk '{printf "{\"id\":%d,\"label\":\"row %d\"}\n", $1, $1}' >rows.ndjson
ndjson2parquet rows.ndjson --contract "$GOLDEN_DATA/parquet/things.odcs.yaml" --compression none --page-bytes 20000 \
    --split-bytes 100000 -o out/rows.parquet >parts
jq -s -c '[length, (map(.rows) | add), (map(.bytes >= 100000) | .[:-1] | all)]' parts
jq -r .path parts
ls out
# A size that nothing fits into gives a file to each page, and ends.
head -3 rows.ndjson | ndjson2parquet --contract "$GOLDEN_DATA/parquet/things.odcs.yaml" --split-bytes 1 -o small.parquet |
    jq -s -c 'map(.rows) | add'
# Parts that an earlier run made more of are told.
ndjson2parquet rows.ndjson --contract "$GOLDEN_DATA/parquet/things.odcs.yaml" --compression none --page-bytes 20000 \
    --split-bytes 400000 -o out/rows.parquet | wc -l
