# Cleaning what is clean changes no byte; - is standard input and .zst compresses.
cat <<'END' > in.ndjson
{"ID":" a\u00a0","Price":"R$ 1,50","day":"31/01/2018","moment":"2018-01-31 12:30","ratio":1e3,"paid":"TRUE","Remark":"é","x":{"n":1.10}}
{"ID":"b","Price":19.989999999999998,"_source_row":3}
END
clean --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" in.ndjson -o once.ndjson.zst
clean --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" -o twice.ndjson - < once.ndjson.zst
clean --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" twice.ndjson | cmp - twice.ndjson
cat twice.ndjson
