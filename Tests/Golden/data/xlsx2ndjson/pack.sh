# Puts the parts in a folder beside this file together as a workbook in the current folder: pack small
pack() {
    local target="$PWD/$1.xlsx"
    (cd "$GOLDEN_DATA/xlsx2ndjson/$1" && python3 -m zipfile -c "$target" '[Content_Types].xml' _rels xl)
}
