import StageKit
import TestSupport
import Testing

@Suite struct NamedFilesTests {
    let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try folder.write("in", text: "rows")
        try folder.write("old", text: "rows of yesterday")
    }

    private func message(inputs: [String?], outputs: [(String, String?)]) -> String? {
        var files = NamedFiles(inputs: inputs)
        for (option, path) in outputs { files.add(output: path, as: option) }
        do throws(StageFailure) {
            try files.check()
            return nil
        } catch {
            #expect(error.status == 64)
            return error.message
        }
    }

    @Test func anOutputIsNoInput() {
        let path = folder.file("in")
        let other = folder.file("../\(folder.path.split(separator: "/").last ?? "")/in")
        #expect(
            message(inputs: ["-", path], outputs: [("-o", other)])
                == "-o \(other) would replace what is read: name another file")
        #expect(message(inputs: [path, nil], outputs: [("-o", folder.file("out")), ("--report", nil)]) == nil)
    }

    @Test(arguments: ["old", "new"]) func twoOutputsAreTwoFiles(name: String) {
        let path = folder.file(name)
        #expect(
            message(inputs: [], outputs: [("-o", path), ("--report", path)])
                == "-o and --report both name \(path): give each a file of its own")
        #expect(message(inputs: [], outputs: [("-o", path), ("--report", "\(path).json")]) == nil)
    }

    @Test func devicesAndStandardOutputStandAsOftenAsWanted() {
        #expect(
            message(
                inputs: ["/dev/null"], outputs: [("-o", "/dev/null"), ("--rejects", "/dev/null"), ("--report", "-")])
                == nil)
    }
}
