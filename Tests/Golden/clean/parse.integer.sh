# The errors that a refused row lists for parse.integer.
echo '{"id":"a","whole":"two"}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
