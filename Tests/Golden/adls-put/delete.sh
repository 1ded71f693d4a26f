# Taking things out of a lake: a file, a folder with links and temporaries, and what a lake remembers only on request.
status() { "$@" || echo "status $?"; }
mkdir -p lake/trial/processed/x lake/trial/_deliveries lake/trial/raw/orders elsewhere
echo 1 >lake/trial/processed/x/part-0.parquet
echo 2 >lake/trial/processed/x/.sluice-0123456789abcdef.tmp
echo 3 >lake/trial/_deliveries/0123456789abcdef.json
echo 4 >lake/trial/raw/orders/Orders.xlsx
echo 5 >elsewhere/kept
ln -s ../../elsewhere lake/trial/link
status adls-put --delete file:lake/trial/nothing
status adls-put --delete file:lake/trial/processed/x/part-0.parquet --dry-run
status adls-put --delete file:lake/trial/processed/x/part-0.parquet
status adls-put --delete file:lake/trial/
status adls-put --delete file:lake/trial/ --with-memory
status adls-put --delete file:lake/trial/ --with-memory
status adls-put --delete file:/ --with-memory
status adls-put --delete file:./ --with-memory
status adls-put --list file:lake --with-memory
status adls-put --delete file:lake --cat file:lake
find lake elsewhere | sort
