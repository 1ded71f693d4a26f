# A folder for each value, null and odd characters among them; nothing of a failed run; no folder is overwritten.
things="$GOLDEN_DATA/parquet/things.odcs.yaml"
cat >rows.ndjson <<'END'
{"id":1,"label":"São","day":"2018-01-31"}
{"id":2,"label":"a/b","day":"2018-01-31"}
{"id":3,"day":"2018-01-31"}
{"id":4,"label":"São","day":"2018-02-01"}
{"id":5,"label":"São","day":"2018-01-31"}
END
ndjson2parquet rows.ndjson --contract "$things" --partition-by label --partition-by day --sort-by id:desc -o out |
    jq -c '[.path, .rows, .columns.id.max, (.columns | has("label"))]'
find out -type f | sort
ndjson2parquet rows.ndjson --contract "$things" --partition-by label -o out || echo $?
echo '{"id":"x"}' | ndjson2parquet --contract "$things" --partition-by label -o other || echo $?
ndjson2parquet rows.ndjson --contract "$things" --partition-by detail -o other || echo $?
ndjson2parquet rows.ndjson --contract "$things" --partition-by label -o - || echo $?
ndjson2parquet --contract "$things" --partition-by label -o none </dev/null
printf '{"id":1}\n{"id":2,"label":"__HIVE_DEFAULT_PARTITION__"}\n' |
    ndjson2parquet --infer --partition-by label -o other || echo $?
ls
