import Contracts
import Testing

@Suite struct PatternTests {
    @Test(arguments: [
        ("^[0-9a-f]{32}$", "00a10be848082973c3a2f70bca20b3bd", PatternMatch.found),
        ("^[0-9a-f]{32}$", "00a10be848082973c3a2f70bca20b3bO", .notFound),
        ("^[0-9a-f]{32}$", "00a10be848082973c3a2f70bca20b3bd\n", .notFound),
        ("b", "abc", .found), ("^b", "abc", .notFound), ("", "", .found), ("^$", "", .found), ("a", "", .notFound),
        ("^.$", "é", .found), ("^..$", "é", .notFound), ("^\\d$", "٣", .notFound), ("^\\w$", "é", .notFound),
        ("^(?:a|b)+\\.x$", "abba.x", .found), ("[[]", "[", .found), ("a\\+", "a+", .found),
    ])
    func matches(_ pattern: String, _ text: String, _ result: PatternMatch) throws {
        let matcher = try Pattern(pattern).makeMatcher()
        #expect(matcher.match(text) == result)
        #expect(matcher.match(text) == result, "again with the same scratch memory")
    }

    @Test func groupsAreFoundAsByteRanges() throws {
        let pattern = try Pattern("é([0-9]+)(x)?")
        #expect(pattern.groupCount == 2)
        let matcher = try pattern.makeMatcher()
        #expect(matcher.match("aé12b") == .found)
        #expect(matcher.range(ofGroup: 0) == 1..<5)
        #expect(matcher.range(ofGroup: 1) == 3..<5)
        #expect(matcher.range(ofGroup: 2) == nil)
        #expect(matcher.range(ofGroup: 3) == nil && matcher.range(ofGroup: -1) == nil)
    }

    @Test func bytesThatAreNoTextMatchNothing() throws {
        let bytes: [UInt8] = [0xFF, 0xFE, 0x61]
        let matcher = try Pattern("^.+$").makeMatcher()
        #expect(bytes.withUnsafeBytes { matcher.match($0) } == .notFound)
        #expect(matcher.match(UnsafeRawBufferPointer(start: nil, count: 0)) == .notFound)
        #expect(matcher.match(bytes.span.bytes) == .notFound)
    }

    @Test func runawaySearchesEnd() throws {
        let matcher = try Pattern("^(?:a+)+$").makeMatcher()
        #expect(matcher.match(String(repeating: "a", count: 40) + "b") == .limitExceeded)
    }

    @Test(arguments: [
        ("(a)\\1", "a back reference or octal escape"), ("(?=a)", "a group with (? other than (?:"),
        ("(?!a)", "a group with (? other than (?:"), ("(?<n>a)", "a group with (? other than (?:"),
        ("(?i)a", "a group with (? other than (?:"), ("(?>a)", "a group with (? other than (?:"),
        ("a++", "a possessive quantifier"),
        ("a?+", "a possessive quantifier"), ("a{2}+", "a possessive quantifier"), ("\\Ka", "\\K"), ("\\p{L}", "\\p"),
        ("\\u0041", "\\u"), ("[[:alpha:]]", "a POSIX class"), ("[]a]", "] at the beginning of a set"),
        ("[^]a]", "] at the beginning of a set"), ("(*FAIL)", "a verb (*"),
    ])
    func isOutsideTheCommonLanguage(_ pattern: String, _ construct: String) {
        #expect(throws: PatternError.outsideCommonLanguage(construct: construct)) { try Pattern(pattern) }
    }

    @Test(arguments: ["(", "a{2,1}", "*", "[z-a]", "a\\"])
    func doesNotCompile(_ pattern: String) {
        let error = #expect(throws: PatternError.self) { try Pattern(pattern) }
        guard case .syntax = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func patternsAreSharedByThreads() async throws {
        let pattern = try Pattern("^[0-9]{5}$")
        await withTaskGroup(of: Int.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    guard let matcher = try? pattern.makeMatcher() else { return -1 }
                    return (0..<1000).count { matcher.match(String(10_000 + $0 * worker)) == .found }
                }
            }
            for await count in group { #expect(count == 1000) }
        }
    }
}
