# Rows in order, in memory and through a temporary file; the file says how it is ordered; a bad line has its own number.
awk 'BEGIN { for (i = 0; i < 20000; i++) printf "{\"id\":%d,\"price\":%d.5,\"label\":\"%s\"}\n", i, (i * 7919) % 1000, i % 3 ? "a" : "b" }' >rows.ndjson
things="$GOLDEN_DATA/parquet/things.odcs.yaml"
ndjson2parquet rows.ndjson --contract "$things" --sort-by label:desc --sort-by price -o memory.parquet | jq -c '[.rows, .columns.id]'
ndjson2parquet rows.ndjson --contract "$things" --sort-by label:desc --sort-by price --memory 64K -o spilled.parquet | jq -c .rows
cmp memory.parquet spilled.parquet
# The same rows, sorted before: the same pages, for they are in the same order.
jq -c '[.label, .price, .id]' rows.ndjson | LC_ALL=C sort -t, -k1,1r -k2,2n -s |
    jq -c '{id: .[2], price: .[1], label: .[0]}' >sorted.ndjson
ndjson2parquet sorted.ndjson --contract "$things" --sort-by label:desc --sort-by price -o presorted.parquet | jq -c .rows
cmp memory.parquet presorted.parquet
(head -5 rows.ndjson; echo '{"id":"x"}'; cat rows.ndjson) | ndjson2parquet --contract "$things" --sort-by id -o bad.parquet || echo $?
ndjson2parquet rows.ndjson --contract "$things" --sort-by colour -o bad.parquet || echo $?
ndjson2parquet rows.ndjson --contract "$things" --sort-by id --sort-by id:desc -o bad.parquet || echo $?
ls
