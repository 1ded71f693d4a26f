# Rows that nothing decides between are refused where the contract says so.
sed 's/keep: first/keep: latest, orderBy: [whole], ties: reject/' "$GOLDEN_DATA/clean/codes.odcs.yaml" > ties.odcs.yaml
cat <<'END' | clean --quiet --contract ties.odcs.yaml --rejects rejects.ndjson -o rows.ndjson --report report.json
{"id":"a","whole":1}
{"id":"b","whole":2}
{"id":"a","whole":1,"code":"zz"}
{"id":"b","whole":3}
END
jq -c '[.id, .whole]' rows.ndjson
jq -c '[.line, .errors[0].code, .row.code]' rejects.ndjson
jq -c '.counts' report.json
