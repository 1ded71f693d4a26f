# From a folder into the lake and its memory; again: nothing new; a file is deleted: a record without bytes.
mkdir drive
printf A > drive/Orders.xlsx
printf C > drive/Customers.xlsx
touch -d 2018-01-31T12:30:00Z drive/*
deliver() {
    adls-put --cat file:lake/_deliveries/ |
        drive-pull -q file:drive --output pulled --contracts "$GOLDEN_ROOT/compose/contracts" --known - > pulled.ndjson
    adls-put --to file:lake --as raw --manifest pulled.ndjson > recorded.ndjson
}
deliver
jq -c '[.delivery, .dataset, .status, (.delivered_at | type), .raw]' recorded.ndjson
adls-put --to file:lake --as raw --manifest pulled.ndjson | cmp - recorded.ndjson
deliver
wc -l < recorded.ndjson
rm drive/Customers.xlsx
deliver
jq -c '[.delivery, .dataset, .status, (.delivered_at | type), .raw]' recorded.ndjson
adls-put --list file:lake/ | jq -c '[.path, .bytes]' | sed 's/bytes//; s/,[0-9]*]$/]/'
