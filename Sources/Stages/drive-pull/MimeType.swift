import Bytes

/// The media type of a file by its extension, as Drive would report it.
enum MimeType {
    static let unknown = "application/octet-stream"

    static func type(of name: String) -> String {
        switch SafeName.split(name).fileExtension.lowercased() {
        case "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case "xltx": "application/vnd.openxmlformats-officedocument.spreadsheetml.template"
        case "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12"
        case "xltm": "application/vnd.ms-excel.template.macroEnabled.12"
        case "xlsb": "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
        case "xls": "application/vnd.ms-excel"
        case "ods": "application/vnd.oasis.opendocument.spreadsheet"
        case "csv": "text/csv"
        case "tsv": "text/tab-separated-values"
        case "txt": "text/plain"
        case "json": "application/json"
        case "ndjson": "application/x-ndjson"
        case "pdf": "application/pdf"
        case "zip": "application/zip"
        default: unknown
        }
    }
}
