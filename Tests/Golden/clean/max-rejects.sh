# Beyond --max-rejects the rows are withheld and the rejects say why.
printf '{"id":"a"}\n{"id":null}\n' > in.ndjson
clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" in.ndjson -o rows.ndjson --rejects rejects.ndjson --max-rejects 50%
ls
rm rows.ndjson
status=0
clean --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" in.ndjson -o rows.ndjson --rejects rejects.ndjson --max-rejects 0 || status=$?
ls
exit "$status"
