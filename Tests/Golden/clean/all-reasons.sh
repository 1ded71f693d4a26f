# A refused row comes with where it was, as it was, and everything that is wrong with it.
cat <<'END' | clean --contract "$GOLDEN_DATA/clean/codes.odcs.yaml" --delivery 0123456789abcdef --rejects rejects.ndjson -o rows.ndjson
{"ID ":"a","Price":"R$ 12,50","Remark":"x","_source_file":"a.xlsx","_source_sheet":"Sheet1","_source_row":2,"_source_columns":{"ID ":"A","Price":"D","Remark":"E"}}
{"ID ":null,"Price":"1.2,5","Remark":null,"_source_file":"a.xlsx","_source_sheet":"Sheet1","_source_row":17}
END
cat rows.ndjson rejects.ndjson
