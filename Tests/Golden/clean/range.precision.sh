# The errors that a refused row lists for range.precision.
echo '{"id":"a","price":"1234,5"}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
