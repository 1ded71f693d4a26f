import NDJSON
import Testing

@testable import drive_pull

@Suite struct DriveNamesTests {
    private func item(_ name: String, _ mimeType: String = "text/csv") throws -> DriveItem {
        try DriveItem(
            .object([
                "id": .string("i"), "name": .string(name), "mimeType": .string(mimeType), "version": .string("1"),
                "modifiedTime": .string("2026-01-02T03:04:05.678Z"),
            ]))
    }

    @Test(arguments: [("a/b", "a_b"), ("", "_"), ("..", ".."), ("é/", "é_"), ("a b", "a b")])
    func aNameIsOnePartOfThePath(name: String, part: String) {
        #expect(DriveNames.part(name) == part)
    }

    @Test func aSheetGetsTheExtensionOfItsExportOnce() throws {
        let sheet = try item("Plan", DriveItem.sheetType)
        #expect(DriveNames.part("Plan", of: sheet) == "Plan.xlsx")
        #expect(DriveNames.part("Plan.xlsx", of: sheet) == "Plan.xlsx")
        #expect(DriveNames.part("Plan.XLSX", of: sheet) == "Plan.XLSX")
        #expect(DriveNames.part("Plan v1.2", of: sheet) == "Plan v1.2.xlsx")
    }

    @Test func aShortcutGetsBackTheExtensionOfItsTarget() throws {
        let target = try item("Orders 2018.xlsm")
        #expect(DriveNames.part("Orders", of: target) == "Orders.xlsm")
        #expect(DriveNames.part("Orders.csv", of: target) == "Orders.csv")
        #expect(DriveNames.part("Orders 2018.xlsm", of: target) == "Orders 2018.xlsm")
        #expect(DriveNames.part("Orders", of: try item("Orders")) == "Orders")
    }
}
