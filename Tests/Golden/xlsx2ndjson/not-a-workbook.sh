printf "a,b\n1,2\n" > book.xlsx
xlsx2ndjson book.xlsx
