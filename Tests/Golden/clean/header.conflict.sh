# The errors that a refused row lists for header.conflict.
echo '{"id":"a","code":"ab","Code ":"cd"}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
