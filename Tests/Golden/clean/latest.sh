# The latest row of a key stays, where it stood; a spilled run gives the same.
sed 's/keep: first/keep: latest, orderBy: [whole]/; s/maximum: 10/maximum: 9999/' "$GOLDEN_DATA/clean/codes.odcs.yaml" > latest.odcs.yaml
seq 1 9000 | awk '{ printf "{\"id\":\"%d\",\"whole\":%d}\n", $1 % 4000, $1 }' > in.ndjson
clean --contract latest.odcs.yaml in.ndjson -o rows.ndjson
clean --contract latest.odcs.yaml in.ndjson --memory 64K --threads 3 | cmp - rows.ndjson
wc -l < rows.ndjson
head -n 2 rows.ndjson | jq -c '[.id, .whole]'
