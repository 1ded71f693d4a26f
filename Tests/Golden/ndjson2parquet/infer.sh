# Columns and types from the rows: of a file, of a short stream, of a long stream whose later rows are other.
cat >rows.ndjson <<'END'
{"id":1,"name":"a","price":1.5,"day":"2018-01-31","at":"2018-01-31T12:30:00","zip":"01310","tags":["x"],"mixed":1}
{"id":2,"price":2,"extra":true,"mixed":"one","long":12345678901234567890}
END
ndjson2parquet rows.ndjson --infer --compression none -o file.parquet | sed 's|"bytes":[0-9]*,"sha256":"[0-9a-f]*",||'
ndjson2parquet --infer --compression none -o stream.parquet <rows.ndjson | jq -c .rows
cmp file.parquet stream.parquet
ndjson2parquet rows.ndjson --infer --bloom id --encoding price=byte-stream-split -o options.parquet | jq -c .rows
printf '\n' | ndjson2parquet --infer -o empty.parquet || echo $?
(awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "{\"number\":%d}\n", i }'; echo '{"number":"x"}') >long.ndjson
ndjson2parquet --infer -o long.parquet <long.ndjson 2>message || echo $?
sed 's/first [0-9]* rows/first N rows/' message
ndjson2parquet long.ndjson --infer -o long.parquet | jq -c .columns.number
sed '$d' long.ndjson | (cat; echo '{"other":1}') | ndjson2parquet --infer -o other.parquet 2>message || echo $?
sed 's/first [0-9]* rows/first N rows/' message
ls
