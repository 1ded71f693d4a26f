import Testing

@testable import Contracts

/// What no contract has: each must end in one message, quickly, whatever the size.
@Suite struct YAMLLimitsTests {
    private func messages(_ text: String) -> [String] { messages(Array(text.utf8)) }

    private func messages(_ bytes: [UInt8]) -> [String] {
        do throws(ContractError) {
            _ = try Contract.parse(bytes, name: "x")
            return []
        } catch {
            return error.messages
        }
    }

    @Test func limitsEndTheReading() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(messages(deep) == ["x:1:33: nested deeper than 32 levels; contracts need far fewer"])
        let long = "a: " + String(repeating: "b", count: YAMLReader.byteLimit)
        #expect(
            messages(long) == [
                "x:1:1: the file has more than 1048576 bytes; a contract describes one dataset: split it"
            ])
        let many = "a: [" + String(repeating: "1,", count: 200_000) + "]"
        #expect(messages(many) == ["x:1:200003: more than 100000 values; split the contract"])
    }

    @Test(arguments: ["", "# nothing\n", "---\n...\n"])
    func emptyFilesAreNoContracts(_ text: String) {
        #expect(messages(text).count == 1)
    }

    @Test func whatIsNoMappingIsNoContract() {
        #expect(messages("- a") == ["x:1:1: is a list, not a mapping; write key: value pairs"])
        #expect(messages("a: b").first == "x:1:1: apiVersion: is missing; add it")
    }

    @Test(
        arguments: [[0xFF, 0xFE, 0x00], [0x61, 0x3A, 0x20, 0xC3, 0x28], [0x00], [0x61, 0x3A, 0x20, 0x07]] as [[UInt8]])
    func bytesThatAreNoTextAreRefused(_ bytes: [UInt8]) {
        #expect(messages(bytes).count == 1)
    }

    @Test func aFileAsWindowsEditorsSaveItIsTheSameContractAndUTF16IsSaid() {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let comment = "# Written in an editor.\n"
        let lines = (comment + ContractFixture.text).replacing("\n", with: "\r\n")
        #expect(messages(mark + Array(lines.utf8)) == [])
        #expect(messages(mark) == messages(""))
        #expect(messages([0xFF, 0xFE, 0x61, 0x00]) == ["x:1:1: the file is UTF-16; save it as UTF-8"])
    }

    /// Every cut of a good contract ends in findings or a contract, never in a crash.
    @Test func everyPrefixEndsOrderly() {
        let bytes = Array(ContractFixture.text.utf8)
        for count in stride(from: 0, to: bytes.count, by: 7) {
            let found = messages(Array(bytes.prefix(count)))
            #expect(found.allSatisfy { $0.hasPrefix("x:") })
        }
        #expect(messages(bytes) == [])
    }

    @Test(
        arguments: [
            ("1", "a number"), ("-1.5", "a number"), ("+1e3", "a number"), ("1.5e-3", "a number"), ("0x1F", "a number"),
            ("0b10", "a number"), ("017", "a number"), ("1_000", "a number"), ("12:30", "a number"), (".5", "a number"),
            (".inf", "a number"), (".NaN", "a number"), ("2016-01-01", "a date"), ("2016-1-1", "a date"),
            ("2016-01-01T10:00:00Z", "a date"), ("yes", "a boolean"), ("Off", "a boolean"), ("~", "null"), ("", "null"),
            ("Null", "null"), ("<<", "a YAML directive"), ("1.2.3", nil), ("nO", nil), ("nu", nil), ("v1", nil),
            ("-", nil),
            (".", nil), ("1a", nil), ("0xZZ", nil), ("10 20", nil), ("2016-", nil), ("e5", nil), ("1+1", nil),
        ] as [(String, String?)])
    func plainScalarsOfOtherTypesAreKnown(_ text: String, _ type: String?) {
        #expect(YAMLNode.foreignType(ofPlain: text) == type)
    }
}
