# Every type of a contract, nulls, missing keys, a blank line, escapes, strings for numbers.
ndjson2parquet "$GOLDEN_DATA/parquet/things.ndjson" --contract "$GOLDEN_DATA/parquet/things.odcs.yaml" \
    --compression none -o things.parquet 2>message | sed 's|"bytes":[0-9]*,"sha256":"[0-9a-f]*",||'
sed 's|.*/things.ndjson|things.ndjson|' message
ls
