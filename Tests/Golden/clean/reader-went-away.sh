# A reader that leaves: status 141 and silence.
seq -f '{"id":"%g"}' 200000 > in.ndjson
set +e
clean --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" in.ndjson | head -n 1
echo "${PIPESTATUS[0]}"
