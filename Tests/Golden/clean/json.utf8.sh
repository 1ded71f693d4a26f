# A line that is no UTF-8 keeps its bytes in raw_base64.
printf '{"id":"S\343o"}\n' |
    clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --rejects rejects.ndjson -o rows.ndjson
jq -c '[.raw_base64, .errors[0].code]' rejects.ndjson
