import Testing

@testable import drive_pull

@Suite struct MimeTypeTests {
    @Test(arguments: [
        ("Orders.XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), ("a.csv", "text/csv"),
        ("a.xlsm", "application/vnd.ms-excel.sheet.macroEnabled.12"), ("README", MimeType.unknown),
        ("a.unknown", MimeType.unknown), (".xlsx", MimeType.unknown),
    ])
    func comesFromTheExtension(name: String, type: String) { #expect(MimeType.type(of: name) == type) }
}
