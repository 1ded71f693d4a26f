import Bytes
import Glibc
import TestSupport
import Testing

@Suite struct FileSystemTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test func aNameThatIsTakenIsNotReplaced() throws {
        try folder.write("old", text: "first")
        try folder.write("new", text: "second")
        #expect(try !FileSystem.renameIfAbsent(folder.file("new"), to: folder.file("old")))
        #expect(try folder.text("old") == "first")
        #expect(try FileSystem.renameIfAbsent(folder.file("new"), to: folder.file("free")))
        #expect(try folder.names() == ["free", "old"])
    }

    @Test func foldersAreMadeWithTheirParentsAndTwiceIsFine() throws {
        try FileSystem.makeFolders(folder.file("a/b/c"))
        try FileSystem.makeFolders(folder.file("a/b/c"))
        #expect(try FileSystem.status(folder.file("a/b/c"))?.isDirectory == true)
        try folder.write("file", text: "")
        #expect(throws: IOError.self) { try FileSystem.makeFolders(folder.file("file/x")) }
    }

    @Test func whatIsNotThereHasNoStatusAndReadingItSaysNotFound() throws {
        #expect(try FileSystem.status(folder.file("none")) == nil)
        do throws(IOError) {
            _ = try FileSystem.contents(folder.file("none"))
            Issue.record("reading a missing file must fail")
        } catch {
            #expect(error.isNotFound)
            #expect(error.message == "\(folder.file("none")): open: No such file or directory")
        }
    }

    @Test func aFileBeyondTheLimitIsRefused() throws {
        let path = try folder.write("file", text: "12345")
        #expect(try FileSystem.contents(path, limit: 5).count == 5)
        #expect(throws: IOError.self) { try FileSystem.contents(path, limit: 4) }
    }

    @Test func aFullDeviceIsAnError() throws {
        let sink = DescriptorSink(descriptor: open("/dev/full", O_WRONLY), path: "/dev/full")
        #expect(throws: IOError.system(call: "write", path: "/dev/full", code: ENOSPC)) {
            try [UInt8]("x".utf8).withUnsafeBytes { try sink.write($0) }
        }
    }

    @Test(arguments: [("a/b", "a", "b"), ("b", "", "b"), ("/b", "/", "b"), ("a/b/c.txt", "a/b", "c.txt")])
    func pathsAreTakenApart(path: String, parent: String, name: String) {
        #expect(FileSystem.parent(of: path) == parent)
        #expect(FileSystem.name(of: path) == name)
        #expect(FileSystem.join(parent, name) == path)
    }
}

@Suite struct HexTests {
    @Test func bytesComeBack() {
        let bytes: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
        #expect(Hex.encode(bytes) == "00017f80ff")
        #expect(Hex.decode("00017F80ff") == bytes)
    }

    @Test(arguments: ["0", "0g", "zz", "0 "]) func whatIsNotHexIsRefused(text: String) {
        #expect(Hex.decode(text) == nil)
    }
}
