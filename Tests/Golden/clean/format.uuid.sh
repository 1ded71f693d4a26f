# The errors that a refused row lists for format.uuid.
echo '{"id":"a","uuid":"123"}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
