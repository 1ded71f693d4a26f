# A draft passes its own lint whatever the file and its keys are called; lines that are no records are told.
cat <<'END' > null
{"null":1,"yes":"a","":true,"a: b":"x","- y":"z"}
no JSON

{"null":2
{"null":3,"yes":"b","":false,"a: b":"y","- y":"z"}
END
clean --infer null -o draft.odcs.yaml
cat draft.odcs.yaml
clean --lint draft.odcs.yaml
clean --contract draft.odcs.yaml null --rejects-raw || echo $?
clean --contract draft.odcs.yaml null --rejects rejects.ndjson --quiet
