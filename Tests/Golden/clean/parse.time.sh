# The errors that a refused row lists for parse.time.
echo '{"id":"a","clock":"25:00"}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
