source "$GOLDEN_DATA/xlsx2ndjson/pack.sh"
pack small
python3 - <<'PYTHON'
import zipfile
old = zipfile.ZipFile("small.xlsx")
with zipfile.ZipFile("odd.xlsx", "w") as new:
    for name in old.namelist():
        data = old.read(name)
        new.writestr(name, b"\xff\xfe<\x00?\x00x\x00\x00\xd8\x00\xd8\x00" if name.endswith("sheet1.xml") else data)
PYTHON
xlsx2ndjson odd.xlsx
