# The errors that a refused row lists for type.container.
echo '{"id":"a","code":["ab"]}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
