# Names that other systems refuse, that collide, or that are no UTF-8 arrive under safe names and are told.
mkdir drive
printf 1 > 'drive/what?.xlsx'
printf 2 > drive/Orders.xlsx
printf 3 > drive/orders.xlsx
printf 4 > $'drive/line\nfeed.xlsx'
printf 5 > $'drive/caf\xe9.xlsx'
printf '' > drive/empty.xlsx
drive-pull file:drive --output pulled | jq -c '[.file.id, .path, .file.bytes]'
ls pulled
