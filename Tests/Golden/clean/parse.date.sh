# The errors that a refused row lists for parse.date.
echo '{"id":"a","day":"31/02/2018"}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
