# Parts and rejects, then the manifest; a failed delivery has only a manifest, until a retry replaces it.
printf one > part.parquet
printf refused > rejects.parquet
line() { jq -cn --arg key "$(printf key | sha256sum | cut -d ' ' -f 1)" "{delivery: \"0123456789abcdef\", dataset: \"orders\", status: \"new\", process: ({key: \$key} + $1)}"; }
good='{parts: [{path: "part.parquet", rows: 1, bytes: 3}], rejects: {path: "rejects.parquet", rows: 1}}'
line '{failed: {status: 65, reason: "no workbook"}}' > failed.ndjson
line "$good" > good.ndjson
adls-put --to file:lake --as processed --manifest failed.ndjson
adls-put --to file:lake --as processed --manifest good.ndjson
adls-put --to file:lake --as processed --manifest good.ndjson --if-exists replace > grown.ndjson
jq -c '.processed, .process.rejects' grown.ndjson
adls-put --cat file:lake/processed/orders/0123456789abcdef-2c70e12b/manifest.json | cmp - grown.ndjson
adls-put --list file:lake/ | jq -r .path
