import Bytes
import Glibc
import NDJSON
import StageKit
import TestSupport
import Testing

@Suite struct DataOutputTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test(arguments: ["out.ndjson", "out.ndjson.gz", "out.ndjson.zst"])
    func aPublishedFileReadsBackWhateverItsCompression(name: String) throws {
        var output = try DataOutput(folder.file(name))
        try output.append(Array("{\"a\":1}\n".utf8))
        try output.finish()
        #expect(try folder.names() == ["\(name).partial"])
        let stored = try output.publish()
        #expect(try folder.names() == [name])
        let digest = InputDigest()
        let source = try DataInput.open(folder.file(name), digest: digest)
        #expect(try FileSystem.contents(of: source) == Array("{\"a\":1}\n".utf8))
        #expect(digest.finish() == stored.sha256)
        #expect(digest.byteCount == stored.byteCount)
    }

    @Test func aNamedPipeIsWrittenToAndStaysAPipe() throws {
        let path = folder.file("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        // Opened for both, so that the writer's opening does not wait for a reader.
        let reader = try OwnedDescriptor(path: path, flags: O_RDWR)
        var output = try DataOutput(path)
        try output.append(Array("row\n".utf8))
        try output.finish()
        #expect(try output.publish().byteCount == 4)
        #expect(try folder.names() == ["pipe"])
        let status = try #require(try FileSystem.status(path))
        #expect(!status.isRegular)
        var bytes = [UInt8](repeating: 0, count: 8)
        let count = try bytes.withUnsafeMutableBytes { try readSome(reader.number, into: $0, path: path) }
        #expect(bytes.prefix(count) == Array("row\n".utf8)[...])
    }

    @Test func aDeviceStaysADevice() throws {
        var output = try DataOutput("/dev/null")
        try output.append(Array("row\n".utf8))
        try output.finish()
        _ = try output.publish()
        #expect(try FileSystem.status("/dev/null")?.isRegular == false)
    }

    @Test func anAbandonedOutputLeavesWhatStoodThereBefore() throws {
        try folder.write("out", text: "old")
        func abandon() throws {
            var output = try DataOutput(folder.file("out"))
            try output.append(Array("new".utf8))
        }
        try abandon()
        #expect(try folder.names() == ["out"])
        #expect(try folder.text("out") == "old")
    }

    @Test(arguments: ["", "x", "{}", "{\"abc\":1}\n"]) func shortInputsAreNotMistakenForCompressedOnes(text: String)
        throws
    {
        let path = try folder.write("in", text: text)
        #expect(try FileSystem.contents(of: DataInput.open(path)) == Array(text.utf8))
    }
}

@Suite struct RunReportTests {
    @Test func theReportHoldsCountsWarningsAndStatus() {
        let report = RunReport(program: "clean", arguments: ["--to", "https://host/x?sv=1&sig=SECRET&se=2"])
        report.count("read", 3)
        report.warn("excel.noise", times: 2)
        report.warn("excel.noise")
        report.addInput(StoredFile(path: "in", byteCount: 5, sha256: "ab"))
        let document = report.document(status: 65, error: "bad")
        #expect(document["counts"]?.text == #"{"read":3}"#)
        #expect(document["warnings"]?.text == #"{"excel.noise":3}"#)
        #expect(document["inputs"]?.text == #"[{"path":"in","bytes":5,"sha256":"ab"}]"#)
        #expect(document["arguments"]?.text == #"["--to","https://host/x?sv=1&sig=***&se=2"]"#)
        #expect(document["exit_status"]?.integer == 65)
        #expect(document["error"]?.string == "bad")
    }
}

@Suite struct StageFailureTests {
    @Test(arguments: [
        (IOError.system(call: "open", path: "x", code: 2), Int32(66)), (.system(call: "open", path: "x", code: 13), 77),
        (.system(call: "read", path: "x", code: 5), 74), (.corrupt(path: "x", reason: "cut"), 65),
        (.lineTooLong(path: "x", line: 1, limit: 5), 65),
    ])
    func inputFailuresMapToStatuses(error: IOError, status: Int32) {
        #expect(StageFailure.input(error).status == status)
    }

    @Test func aReaderThatWentAwayIs141AndSilent() {
        #expect(StageFailure.output(.system(call: "write", path: "x", code: 32)) == StageFailure(status: 141, nil))
        #expect(StageFailure.output(.system(call: "write", path: "x", code: 28)).status == 74)
    }
}
