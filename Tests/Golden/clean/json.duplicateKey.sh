# The errors that a refused row lists for json.duplicateKey.
echo '{"id":"a","\u0069d":"a"}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
