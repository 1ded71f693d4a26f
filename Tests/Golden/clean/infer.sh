# --infer drafts a contract that lint accepts and that takes the rows it was drafted from.
cat <<'END' > suppliers.ndjson
{"Supplier":"Café Ltda","Since":"31/01/2018","Zip":"01310","Rate (%)":"1.234,5","Active":true,"Notes":null}
{"Supplier":"Outra","Since":"01/02/2018","Zip":"20000","Rate (%)":"7,25","Active":false,"Notes":"N/A"}
END
clean --infer suppliers.ndjson -o draft.odcs.yaml
cat draft.odcs.yaml
clean --lint draft.odcs.yaml
clean --contract draft.odcs.yaml suppliers.ndjson
