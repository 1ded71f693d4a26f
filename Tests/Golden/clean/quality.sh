# A broken quality rule withholds the rows, unless somebody else decides.
sed 's/^    customProperties:/    quality: [{id: some_rows, metric: rowCount, mustBeGreaterThan: 1}]\n&/' "$GOLDEN_DATA/clean/codes.odcs.yaml" > rows.odcs.yaml
echo '{"id":"a"}' > in.ndjson
clean --contract rows.odcs.yaml in.ndjson --quality warn -o rows.ndjson
jq -r .id rows.ndjson
clean --contract rows.odcs.yaml in.ndjson
