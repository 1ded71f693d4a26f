# The errors that a refused row lists for enum.
echo '{"id":"a","status":"lost"}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
