# A line beyond --max-line is refused and the next one is read.
printf '{"id":"%02000d"}\n{"id":"b"}\n' 0 |
    clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --max-line 1024 --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
jq -r .id rows.ndjson
