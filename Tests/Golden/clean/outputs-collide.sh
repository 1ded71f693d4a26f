# Two outputs of one name, or an output that is the input: status 64, and nothing is written.
printf '{"id":1}\n' > rows.ndjson
cp rows.ndjson before.ndjson
contract=$GOLDEN_DATA/clean/strict.odcs.yaml
status=0
clean --contract "$contract" rows.ndjson -o out.ndjson --rejects out.ndjson || status=$?
clean --contract "$contract" rows.ndjson -o out.ndjson --report ./out.ndjson || true
clean --contract "$contract" rows.ndjson -o out.ndjson --rejects rows.ndjson || true
cmp rows.ndjson before.ndjson
ls
exit $status
