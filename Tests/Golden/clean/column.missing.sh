# A row without one of the columns, where the contract asks for all of them.
echo '{"id":"a"}' |
    clean --quiet --contract "$GOLDEN_DATA/clean/strict.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
