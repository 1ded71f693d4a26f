# The first row of a key stays; a refused row does not take it; keys are compared clean.
cat <<'END' | clean --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson --report report.json
{"id":"a","whole":"two"}
{"id":" a","whole":2}
{"id":"a","whole":3}

END
jq -c '[.id, .whole]' rows.ndjson
jq -c '.counts, .reasons' report.json
