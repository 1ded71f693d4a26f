# --profile describes each column in the report.
cat <<'END' > in.ndjson
{"id":"a","whole":1,"price":"1,50","day":"31/01/2018"}
{"id":"b ","whole":"two","price":2,"day":"2018-02-01"}
{"id":"b","whole":3,"price":null}
END
clean --quiet --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" in.ndjson -o rows.ndjson --rejects rejects.ndjson --report report.json --profile
sed -E 's/.*"columns":\{//; s/,"reasons".*//; s/\},"/}\n"/g' report.json | grep -E '^"(id|whole|price|day)"'
