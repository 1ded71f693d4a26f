# Data to standard output, the part line to a file; from gzip, with a report.
gzip -c "$GOLDEN_DATA/parquet/things.ndjson" | ndjson2parquet --contract "$GOLDEN_DATA/parquet/things.odcs.yaml" \
    --compression none -o - --manifest-out part.json --report report.json --quiet --meta note=a=b >things.parquet
jq -c '[.path, .rows]' part.json
jq -c '[.counts, .warnings, .exit_status, .inputs[0].path, (.contract | .id, .version, .dataset)]' report.json
test "$(jq -r .contract.sha256 report.json)" = "$(sha256sum <"$GOLDEN_DATA/parquet/things.odcs.yaml" | cut -d ' ' -f 1)"
test "$(jq -r '.outputs[0].sha256' report.json)" = "$(jq -r .sha256 part.json)"
test "$(sha256sum <things.parquet)" = "$(jq -r '.sha256 + "  -"' part.json)"
grep -aoc 'note' things.parquet
ls
