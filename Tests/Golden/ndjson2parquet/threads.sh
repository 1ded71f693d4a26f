# The same bytes whatever the threads.
seq 1 60000 | awk '{printf "{\"id\":%d,\"label\":\"row %d\",\"price\":%d.25}\n", $1, $1 % 500, $1 % 97}' >rows.ndjson
for threads in 1 2 5; do
    ndjson2parquet rows.ndjson --contract "$GOLDEN_DATA/parquet/things.odcs.yaml" --threads $threads -o $threads.parquet |
        jq -r .rows
done
cmp 1.parquet 2.parquet
cmp 1.parquet 5.parquet
