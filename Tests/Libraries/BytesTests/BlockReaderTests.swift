import Bytes
import Testing

@Suite struct BlockReaderTests {
    /// The blocks of a text as texts; a block that is too long is shown between angle brackets.
    private func blocks(_ text: String, capacity: Int, stride: Int, limit: Int = 1 << 20) throws -> [String] {
        var reader = BlockReader(MemorySource(Array(text.utf8), stride: stride), lineLimit: limit)
        let block = LineBlock(capacity: capacity)
        var found: [String] = []
        while try reader.next(block) {
            let content = block.bytes.text
            found.append(block.isTooLong ? "<\(content.prefix(2))>" : content)
        }
        let count = reader.byteCount
        #expect(count == text.utf8.count)
        return found
    }

    @Test(arguments: ["", "a", "a\n", "a\nb", "\n\n", "\n\n\na", String(repeating: "line\r\n", count: 300)])
    func `blocks put together are the input and end at line feeds`(text: String) throws {
        for capacity in [64, 65, 100, 4096] {
            for stride in [1, 2, 7, 63, 4096] {
                let found = try blocks(text, capacity: capacity, stride: stride)
                #expect(found.joined() == text)
                for block in found.dropLast() { #expect(block.utf8.last == 0x0A) }
            }
        }
    }

    @Test func `a long line makes its block grow`() throws {
        let long = String(repeating: "x", count: 1000)
        #expect(try blocks("a\n\(long)\nb\n", capacity: 64, stride: 10).joined() == "a\n\(long)\nb\n")
    }

    @Test(arguments: [1, 3, 50, 4096])
    func `a line beyond the limit is skipped and told`(stride: Int) throws {
        let long = String(repeating: "y", count: 1000)
        let found = try blocks("a\n\(long)\nb\nc", capacity: 64, stride: stride, limit: 200)
        #expect(found.filter { !$0.hasPrefix("<") }.joined() == "a\nb\nc")
        #expect(found.filter { $0.hasPrefix("<") } == ["<yy>"])
        #expect(try blocks(long, capacity: 64, stride: stride, limit: 200) == ["<yy>"])
        #expect(try blocks("\(long)\n", capacity: 64, stride: stride, limit: 200) == ["<yy>"])
    }

    @Test func `a line of exactly the limit is whole`() throws {
        let line = String(repeating: "z", count: 200) + "\n"
        #expect(try blocks(line + line, capacity: 64, stride: 33, limit: 200).joined() == line + line)
    }
}
