# The errors that a refused row lists for parse.decimal.
echo '{"id":"a","price":"12,34,56"}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
