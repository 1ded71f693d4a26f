# The report does not take the place of what is read or kept: status 64, and nothing is pulled.
mkdir in
printf '' > known.ndjson
status=0
drive-pull file:in --output out --known known.ndjson --report known.ndjson || status=$?
drive-pull file:in --output out --state state.json --report state.json || true
ls
exit $status
