# Bloom filters and encodings are asked for by column; what cannot be is told.
things="$GOLDEN_DATA/parquet/things.odcs.yaml"
ndjson2parquet "$GOLDEN_DATA/parquet/things.ndjson" --contract "$things" --quiet --bloom label --bloom id \
    --encoding id=delta --encoding ratio=byte-stream-split --encoding label=plain -o x.parquet | jq -c .rows
for options in "--bloom colour" "--bloom sold" "--encoding colour=plain" "--encoding sold=delta" "--encoding id=best"; do
    status=0
    # shellcheck disable=SC2086
    ndjson2parquet --contract "$things" $options -o y.parquet </dev/null 2>message || status=$?
    echo "$status $(head -1 message)"
done
ls
