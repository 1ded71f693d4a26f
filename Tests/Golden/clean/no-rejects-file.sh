# Without --rejects one refused row withholds all.
printf '{"id":"a"}\n{"id":null}\n' > in.ndjson
status=0
clean --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" in.ndjson -o rows.ndjson || status=$?
ls
exit "$status"
