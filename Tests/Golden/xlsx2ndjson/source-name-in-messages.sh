# A copy with a passing name: messages, and so the reasons kept of failed deliveries, name the source.
printf 'no workbook' >copy-4711
xlsx2ndjson copy-4711 --source-name 'Sales/Orders 2018.xlsx'
