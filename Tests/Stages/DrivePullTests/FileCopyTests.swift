import Bytes
import Digests
import Glibc
import TestSupport
import Testing

@testable import drive_pull

@Suite struct FileCopyTests {
    let folder: TemporaryDirectory
    let source: String

    init() throws {
        folder = try TemporaryDirectory()
        source = try folder.write("source", text: "content")
    }

    private func append(_ text: String) {
        let file = fopen(source, "a")
        fputs(text, file)
        fclose(file)
    }

    @Test func copiesAndTakesTheDigestsOfTheCopy() throws {
        let content = try FileCopy().copy(RawPath(source), to: folder.file("a/b/copy"))
        #expect(try folder.text("a/b/copy") == "content")
        #expect(content.digests.sha256 == MessageDigest.hex(.sha256, of: "content"))
        #expect(content.digests.byteCount == 7)
        #expect(try FileCopy().digest(RawPath(source)) == content)
        #expect(try FileSystem.names(in: folder.file("a/b")) == ["copy"])
    }

    @Test func anEmptyFileIsAContentToo() throws {
        try folder.write("source", text: "")
        let content = try FileCopy().copy(RawPath(source), to: folder.file("copy"))
        #expect(content.digests.byteCount == 0)
        #expect(try folder.text("copy") == "")
    }

    @Test func aFileThatChangedWhileItWasReadIsReadAgain() throws {
        var copy = FileCopy(pauseMicroseconds: 0)
        var rounds = 0
        copy.afterBlock = {
            rounds += 1
            if rounds == 1 { append(" and more") }
        }
        let content = try copy.copy(RawPath(source), to: folder.file("copy"))
        #expect(try folder.text("copy") == "content and more")
        #expect(content.digests.sha256 == MessageDigest.hex(.sha256, of: "content and more"))
        // First round one block and its end is another content; the second round reads it whole.
        #expect(rounds >= 2)
    }

    @Test func aFileThatKeepsChangingIsGivenUpAndLeavesNothing() throws {
        var copy = FileCopy(pauseMicroseconds: 0)
        copy.afterBlock = { append("x") }
        // Each appended byte makes another block: the reader would never see the end.
        var rounds = 0
        copy.afterBlock = {
            rounds += 1
            if rounds % 3 != 0 { append("x") }
        }
        #expect(throws: FileCopy.Failure.keepsChanging(path: source)) {
            try copy.copy(RawPath(source), to: folder.file("copy"))
        }
        #expect(try folder.names() == ["source"])
    }

    @Test func aWriterThatSetsTheTimeBackIsSeen() throws {
        var copy = FileCopy(pauseMicroseconds: 0)
        var rounds = 0
        copy.afterBlock = {
            rounds += 1
            guard rounds == 1 else { return }
            var before = stat()
            stat(source, &before)
            let descriptor = open(source, O_WRONLY)
            write(descriptor, "CONTENT", 7)
            close(descriptor)
            var times = [before.st_atim, before.st_mtim]
            utimensat(AT_FDCWD, source, &times, 0)
        }
        let content = try copy.digest(RawPath(source))
        #expect(content.digests.sha256 == MessageDigest.hex(.sha256, of: "CONTENT"))
    }

    @Test func aFileThatIsReplacedMeanwhileIsTheOldOneWhole() throws {
        var copy = FileCopy(pauseMicroseconds: 0)
        var rounds = 0
        copy.afterBlock = {
            rounds += 1
            guard rounds == 1 else { return }
            _ = try? folder.write("new", text: "replaced")
            rename(folder.file("new"), source)
        }
        // Losing its name changes the open file's status time, so it is read again, by its name.
        let content = try copy.digest(RawPath(source))
        #expect(content.digests.sha256 == MessageDigest.hex(.sha256, of: "replaced"))
    }

    @Test func whatIsNotThereAndWhatCannotBeWrittenAreToldApart() throws {
        #expect(throws: FileCopy.Failure.notThere(path: "nowhere")) { try FileCopy().digest(RawPath("nowhere")) }
        #expect(throws: FileCopy.Failure.output(.system(call: "make folder", path: source, code: ENOTDIR))) {
            try FileCopy().copy(RawPath(source), to: "\(source)/copy")
        }
    }
}
