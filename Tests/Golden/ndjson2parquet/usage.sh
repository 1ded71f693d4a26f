# What cannot be asked for.
things="$GOLDEN_DATA/parquet/things.odcs.yaml"
try() {
    local status=0
    ndjson2parquet "$@" </dev/null 2>message || status=$?
    echo "$status $(head -1 message)"
}
try -o x.parquet
try -o x.parquet.gz --contract "$things"
try -o - --contract "$things" --split-bytes 5
try -o x.parquet --contract "$things" --manifest-out y
try -o x.parquet --contract "$things" --row-group-rows 0
try -o x.parquet --contract "$things" --threads 65
try -o x.parquet --contract "$things" --compression lzo
try -o x.parquet --contract "$things" --compression zstd:23
try -o x.parquet --contract "$things" --meta =5
try -o x.parquet --contract "$things" --meta contract.id=5
try -o x.parquet --contract missing.yaml
try -o x.parquet --contract "$things#nothing" | sed 's|\S*/things|things|g'
cp "$GOLDEN_DATA/parquet/things.ndjson" .
try things.ndjson -o things.ndjson --contract "$things"
try things.ndjson -o x.parquet --report x.parquet --contract "$things"
try missing.ndjson -o x.parquet --contract "$things"
ls
