# The errors that a refused row lists for format.uri.
echo '{"id":"a","link":"example.com"}' | clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '.errors[]' rejects.ndjson
