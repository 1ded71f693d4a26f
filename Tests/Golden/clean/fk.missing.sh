# --ref looks keys up: a missing one is told, or refused.
printf '{"id":"a"}\n{"id":"b"}\n' > others.ndjson
printf '{"id":" a"}\n{"id":"c"}\n' > in.ndjson
clean --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --ref id=others.ndjson in.ndjson -o rows.ndjson --report report.json
jq -c .id rows.ndjson
jq -c '.references, .warnings' report.json
clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --ref id=others.ndjson --ref-misses reject in.ndjson -o rows.ndjson --rejects rejects.ndjson
jq -c '.errors[]' rejects.ndjson
