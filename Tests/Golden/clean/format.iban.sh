# The errors that a refused row lists for format.iban.
echo '{"id":"a","account":"GB00WEST12345698765432"}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
