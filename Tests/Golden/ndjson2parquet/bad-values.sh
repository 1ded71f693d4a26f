# Each line is refused with its place, its column and its value; nothing is published.
while read -r line; do
    printf '{"id":1}\n%s\n' "$line" >rows.ndjson
    status=0
    ndjson2parquet rows.ndjson --contract "$GOLDEN_DATA/parquet/things.odcs.yaml" -o out.parquet || status=$?
    test $status = 65
    test ! -e out.parquet
    test ! -e out.parquet.partial
done <<'END'
{"id":null}
{"label":"x"}
{"id":"x"}
{"id":1.5}
{"id":9223372036854775808}
{"id":1,"label":5}
{"id":1,"label":"thirteen char"}
{"id":1,"pieces":2147483648}
{"id":1,"small":-1}
{"id":1,"price":1.999}
{"id":1,"price":12345678901}
{"id":1,"price":"R$ 5"}
{"id":1,"ratio":"0.1"}
{"id":1,"ratio":1e400}
{"id":1,"sold":1}
{"id":1,"day":"2018-02-29"}
{"id":1,"day":20180131}
{"id":1,"hour":"24:00:00"}
{"id":1,"at":"2018-01-31"}
{"id":1,"at":"2018-01-31T12:30:00Z"}
{"id":1,"instant":"2018-01-31T12:30:00"}
{"id":1,"colour":"red"}
{"id":1,"id":2}
{"id":1,}
{"id":1
[1]
{"id":1} {"id":2}
{"id":1,"label":"\ud800"}
END
