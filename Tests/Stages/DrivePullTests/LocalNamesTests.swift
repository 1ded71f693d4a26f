import Bytes
import Testing

@testable import drive_pull

@Suite struct LocalNamesTests {
    private func places(_ paths: [String]) -> [String] {
        let files = paths.map {
            SourceFile(
                root: "file:/r", id: $0, name: FileSystem.name(of: $0), drivePath: $0,
                location: .local(RawPath("/r/\($0)")))
        }
        let names = LocalNames(files)
        return files.map { names.place(of: $0) }
    }

    @Test func theTreeIsKept() {
        #expect(places(["a/b c.xlsx", "é.xlsx"]) == ["a/b c.xlsx", "é.xlsx"])
    }

    @Test func namesAreMadeSafeFolderByFolder() {
        #expect(places(["a:b/c?d.xlsx", "CON/x", "line\nfeed"]) == ["a_b/c_d.xlsx", "_CON/x", "line_feed"])
    }

    @Test func namesThatWouldCollideAllGetAMarkWhateverTheOrder() {
        let paths = ["Orders.xlsx", "orders.XLSX", "a/x:", "a/x_", "a/y"]
        let found = places(paths)
        #expect(Set(found.map { $0.lowercased() }).count == paths.count)
        #expect(found[0].hasPrefix("Orders~") && found[0].hasSuffix(".xlsx"))
        #expect(found[1].hasPrefix("orders~") && found[1].hasSuffix(".XLSX"))
        #expect(found[2].hasPrefix("a/x_~") && found[3].hasPrefix("a/x_~"))
        #expect(found[4] == "a/y")
        #expect(Array(places(paths.reversed()).reversed()) == found)
    }

    @Test func aFileThatWouldBeAFolderGetsAMark() {
        let found = places(["x:", "x_/y"])
        #expect(found[0].hasPrefix("x_~"))
        #expect(found[1] == "x_/y")
    }

    @Test func namesThatDifferOnlyInNormalisationCollide() {
        let found = places(["caf\u{E9}", "cafe\u{301}"])
        #expect(found.allSatisfy { $0.contains("~") })
        #expect(found[0] != found[1])
    }

    @Test func longNamesThatBeginAlikeStayApartAndFit() {
        let long = String(repeating: "x", count: 240)
        let found = places(["\(long)1.xlsx", "\(long)2.xlsx"])
        #expect(found[0] != found[1])
        #expect(found.allSatisfy { $0.utf8.count + ".partial".utf8.count <= 255 })
    }
}
