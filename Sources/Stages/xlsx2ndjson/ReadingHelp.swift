/// The long part of `xlsx2ndjson --help`.
enum ReadingHelp {
    static let text = """
        Values are those that Excel stores: texts, numbers, true and false, error codes. The number format of a cell \
        decides whether a number is a date (2018-01-31), a date and time (2018-01-31T12:30:00), a time (12:30:00) or \
        an elapsed time (PT26H30M). There are no time zones.

        Sheets: without --sheet the first visible one; with a contract its sheets, or the first visible one that has \
        the header. A sheet that is named in full is read even if it is hidden.

        Header: auto takes, of the first 50 rows with cells, the one with most of the contract's names and aliases; \
        without a contract the fullest row of texts above the first row that holds numbers or dates, where it fills at \
        least half of the widest row; else the first row that fills two thirds of it. A repeated name gets _2, _3 and \
        so on. A column without a name is left out where it is empty; a value in it is kept under the column's letter.

        Memory is bounded whatever a file holds. A workbook beyond a limit ends with status 65 and the limit's name: \
        --max rowBytes=500000000 raises it.

        Examples:
          xlsx2ndjson orders.xlsx > orders.ndjson
          xlsx2ndjson orders.xlsx --contract orders.odcs.yaml --provenance | clean --contract orders.odcs.yaml
          xlsx2ndjson report.xlsx --sheet 'Sales 20*' --header 3 --errors null -o sales.ndjson.zst
          xlsx2ndjson report.xlsx --range B4:F90 --empty omit
          xlsx2ndjson --list report.xlsx
          cat orders.xlsx | xlsx2ndjson --header none --limit 5

        Exit status: 0 done, 64 usage, 65 not a readable workbook or no such sheet, table, range or header, 66 no such \
        file, 74 input or output failed, 78 bad contract, 141 the reader went away.
        """
}
