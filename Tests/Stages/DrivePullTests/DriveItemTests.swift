import NDJSON
import Testing

@testable import drive_pull

@Suite struct DriveItemTests {
    static let blob = """
        {"id":"1","name":"a.xlsx","mimeType":"application/zip","size":"12","md5Checksum":"AB","version":"7",\
        "headRevisionId":"r","modifiedTime":"2026-01-02T03:04:05.678Z","parents":["p"],"driveId":"d","resourceKey":"k"}
        """

    private func item(_ text: String) throws -> DriveItem { try DriveItem(try JSONValue(parsing: Array(text.utf8))) }

    @Test func aBlobIsReadAsDriveDescribesIt() throws {
        let item = try item(Self.blob)
        #expect(
            (item.byteCount, item.md5, item.parentID, item.driveID) as (Int?, String?, String?, String?) == (
                12, "ab", "p", "d"
            ))
        #expect(item.contentVersion == "r")
        #expect(!item.isNative && !item.isTrashed && !item.isEncrypted)
    }

    @Test(arguments: [
        blob,
        #"{"id":"2","name":"S","mimeType":"application/vnd.google-apps.spreadsheet","version":"9","modifiedTime":"2026-01-02T03:04:05.678Z"}"#,
        #"{"id":"3","name":"to","mimeType":"application/vnd.google-apps.shortcut","version":"1","modifiedTime":"2026-01-02T03:04:05.678Z","shortcutDetails":{"targetId":"t","targetResourceKey":"k"}}"#,
        #"{"id":"4","name":"x","mimeType":"a/b","version":"1","modifiedTime":"2026-01-02T03:04:05.678Z","clientEncryptionDetails":{},"trashed":true}"#,
    ])
    func whatIsKeptIsWhatWasRead(text: String) throws {
        let item = try item(text)
        #expect(try DriveItem(item.document) == item)
    }

    @Test func theVersionOfASheetIsTheOneThatCountsEverything() throws {
        let sheet = try item(
            #"{"id":"2","name":"S","mimeType":"application/vnd.google-apps.spreadsheet","version":"9","headRevisionId":"r","modifiedTime":"2026-01-02T03:04:05Z"}"#
        )
        #expect(sheet.contentVersion == "9")
    }

    @Test(arguments: [
        "{}", #"{"id":"1","name":"a","mimeType":"b","version":"1"}"#,
        #"{"id":"1","name":"a","mimeType":"b","version":1,"modifiedTime":"2026-01-02T03:04:05Z"}"#,
        #"{"id":"","name":"a","mimeType":"b","version":"1","modifiedTime":"2026-01-02T03:04:05Z"}"#,
        #"{"id":"1","name":"a","mimeType":"b","version":"1","modifiedTime":"yesterday"}"#,
    ])
    func whatLacksSomethingIsRefused(text: String) {
        #expect(throws: DriveError.self) { try item(text) }
    }

    @Test(arguments: [
        ("quinn's paper\\essay", "quinn\\'s paper\\\\essay"), ("plain", "plain"), ("'", "\\'"), ("\\'", "\\\\\\'"),
    ])
    func aTextInAQueryCannotEndItsQuotes(text: String, escaped: String) {
        #expect(DriveAPI.escape(text) == escaped)
    }
}
