import Bytes
import StageKit
import TestSupport
import Testing

@Suite struct PartialFileTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func write(_ text: String, to file: borrowing PartialFile) throws {
        let sink = file.sink
        try Array(text.utf8).withUnsafeBytes { try sink.write($0) }
    }

    @Test func aSecondWriterOfTheSameFileIsTurnedAway() throws {
        let path = folder.file("out")
        var first = try PartialFile(path: path)
        try write("first", to: first)
        do throws(IOError) {
            _ = try PartialFile(path: path)
            Issue.record("two writers of one file")
        } catch {
            #expect(StageFailure.output(error) == .tryAgain("\(path).partial: another process writes it"))
        }
        try write(" and more", to: first)
        try first.publish()
        #expect(try folder.text("out") == "first and more")
        var next = try PartialFile(path: path)
        try write("next", to: next)
        try next.publish()
        #expect(try folder.text("out") == "next")
        #expect(try folder.names() == ["out"])
    }

    @Test func whatAKilledRunLeftIsOverwritten() throws {
        try folder.write("out.partial", text: "a longer text from before")
        var file = try PartialFile(path: folder.file("out"))
        try write("new", to: file)
        try file.publish()
        #expect(try folder.text("out") == "new")
    }

    @Test func anAbandonedFileIsGoneAndTheNextWriterMayBegin() throws {
        do {
            let file = try PartialFile(path: folder.file("out"))
            try write("half", to: file)
        }
        #expect(try folder.names() == [])
        _ = try PartialFile(path: folder.file("out"))
    }

    @Test func manyWritersAtOncePublishWholeFilesOnly() async throws {
        let path = folder.file("out")
        let published = try await withThrowingTaskGroup(of: Int.self) { group in
            for writer in 0..<8 {
                group.addTask { try Self.publishOften(path, byte: UInt8(0x61 + writer)) }
            }
            return try await group.reduce(0, +)
        }
        #expect(published > 0)
        let bytes = try FileSystem.contents(path)
        #expect(bytes.count == 100_000)
        #expect(Set(bytes).count == 1)
        #expect(try folder.names() == ["out"])
    }

    /// Writes the file twenty times, if nobody else does; checks that what it reads is one writer's whole content.
    private static func publishOften(_ path: String, byte: UInt8) throws -> Int {
        let content = [UInt8](repeating: byte, count: 100_000)
        var published = 0
        for _ in 0..<20 {
            do throws(IOError) {
                var file = try PartialFile(path: path)
                let sink = file.sink
                let written: Result<Void, IOError> = content.withUnsafeBytes { bytes in
                    do throws(IOError) {
                        return .success(try sink.write(bytes))
                    } catch {
                        return .failure(error)
                    }
                }
                try written.get()
                try file.publish()
                published += 1
            } catch {
                guard case .system("lock", _, _) = error else { throw error }
            }
            let read = (try? FileSystem.contents(path)) ?? []
            #expect(read.isEmpty || (read.count == 100_000 && Set(read).count == 1))
        }
        return published
    }
}
