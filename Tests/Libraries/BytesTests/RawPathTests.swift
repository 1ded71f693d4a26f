import Bytes
import Glibc
import TestSupport
import Testing

@Suite struct RawPathTests {
    @Test func listsNamesThatAreNoUTF8InByteOrder() throws {
        let folder = try TemporaryDirectory()
        let path = RawPath(folder.path)
        for name in [[0x62], [0x63, 0x61, 0x66, 0xE9], [0x61], [0xFF]] as [[UInt8]] {
            try touch(path.appending(name))
        }
        #expect(try path.names() == [[0x61], [0x62], [0x63, 0x61, 0x66, 0xE9], [0xFF]])
        #expect(try path.appending([0xFF]).stamp()?.kind == .regular)
        _ = try path.appending([0xFF]).open()
        for name in try path.names() { unlinkRaw(path.appending(name)) }
    }

    @Test func tellsFilesFoldersAndLinksApart() throws {
        let folder = try TemporaryDirectory()
        try folder.write("in/file", text: "abc")
        symlink("in", folder.file("link"))
        symlink("nowhere", folder.file("dangling"))
        mkfifo(folder.file("pipe"), 0o600)
        func kind(_ name: String, _ following: Bool = true) throws -> FileStamp.Kind? {
            try RawPath(folder.file(name)).stamp(followingLinks: following)?.kind
        }
        #expect(try kind("in/file") == .regular)
        #expect(try kind("in") == .folder)
        #expect(try kind("link") == .folder)
        #expect(try kind("link", false) == .link)
        #expect(try kind("dangling") == nil)
        #expect(try kind("pipe") == .other)
        #expect(try kind("in/file/below") == nil)
        #expect(try RawPath(folder.file("in/file")).stamp()?.byteCount == 3)
    }

    @Test func anEmptyPathJoinsWithoutASlash() {
        #expect(RawPath("").appending([0x61]) == RawPath("a"))
        #expect(RawPath("/").appending([0x61]) == RawPath("/a"))
        #expect(RawPath("b").appending([0x61]) == RawPath("b/a"))
    }

    private func touch(_ path: RawPath) throws {
        let descriptor = (path.bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
            creat($0.baseAddress.unsafelyUnwrapped, 0o600)
        }
        try #require(descriptor >= 0)
        close(descriptor)
    }

    private func unlinkRaw(_ path: RawPath) {
        _ = (path.bytes.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer {
            unlink($0.baseAddress.unsafelyUnwrapped)
        }
    }
}
