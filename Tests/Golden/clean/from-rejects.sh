# Refused rows can be tried again when the contract has been corrected.
printf '{"id":"a","code":"abcdef","_source_row":7}\n{"id":"b"}\n' > in.ndjson
clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" in.ndjson -o rows.ndjson --rejects rejects.ndjson
sed 's/VARCHAR(4)/VARCHAR(8)/' "$GOLDEN_DATA/clean/codes.odcs.yaml" > wider.odcs.yaml
clean --contract wider.odcs.yaml --from-rejects rejects.ndjson | jq -c '[.id, .code, ._source_row]'
