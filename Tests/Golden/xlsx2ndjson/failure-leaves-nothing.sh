source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
python3 - <<'PYTHON'
import zipfile
info = zipfile.ZipFile("small.xlsx").getinfo("xl/worksheets/sheet2.xml")
data = bytearray(open("small.xlsx", "rb").read())
data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0xFF
open("small.xlsx", "wb").write(data)
PYTHON
xlsx2ndjson small.xlsx --sheet "Notes & more" -o out.ndjson || status=$?
ls
exit "$status"
