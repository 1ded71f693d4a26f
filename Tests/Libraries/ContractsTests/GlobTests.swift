import Contracts
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("*.xlsx", "orders.xlsx", true), ("*.xlsx", "a/orders.xlsx", false), ("*.xlsx", ".xlsx", true),
        ("orders*", "ORDERS 2018.XLSX", true), ("Pedidos*", "pedidos.xlsx", true), ("ÁREA*", "área 1", true),
        ("**/a.x", "a.x", true), ("**/a.x", "b/a.x", true), ("**/a.x", "b/c/a.x", true), ("**/a.x", "ba.x", false),
        ("**/a.x", "b/xa.x", false), ("a/**/b", "a/b", true), ("a/**/b", "a/x/y/b", true), ("a/**/b", "ab", false),
        ("a/**", "a/b/c", true), ("a/**", "a", false), ("a/**", "a/", false), ("**", "a/b", true), ("**", "", false),
        ("a?c", "abc", true), ("a?c", "a/c", false), ("a?c", "ac", false),
        ("x[ab].y", "xB.y", true), ("x[!ab].y", "xc.y", true), ("x[!ab].y", "xa.y", false), ("x[!ab].y", "x/.y", false),
        ("x[a-c]", "xb", true), ("x[a-c]", "xd", false), ("x[a-]", "x-", true), ("[*]", "*", true), ("[*]", "a", false),
        ("[]]", "]", true), ("a*b*c", "axxbyyc", true), ("a*b*c", "axxbyy", false), ("a", "aa", false),
        ("caf\u{E9}*", "CAFE\u{301} 1", true),
    ])
    func matches(_ pattern: String, _ path: String, _ isMatch: Bool) throws {
        #expect(try Glob(pattern).matches(path) == isMatch)
    }

    @Test(arguments: [
        ("", GlobError.empty), ("a**", .starsInName), ("**b", .starsInName), ("[ab", .openSet), ("[b-a]", .emptyRange),
        (String(repeating: "a", count: 1025), .tooLong(limit: 1024)),
    ])
    func isRefused(_ pattern: String, _ error: GlobError) {
        #expect(throws: error) { try Glob(pattern) }
    }

    @Test func manyStarsTakeLinearTime() throws {
        let glob = try Glob(String(repeating: "*a", count: 200) + "b")
        #expect(!glob.matches(String(repeating: "a", count: 4000)))
    }

    @Test func aPathBeyondTheLimitMatchesNothing() throws {
        #expect(!(try Glob("*").matches(String(repeating: "a", count: 8193))))
    }
}

@Suite struct SourceRoutingTests {
    private func contract(_ name: String, _ globs: String) throws -> Contract {
        try Contract.parse(
            Array(
                """
                apiVersion: v3.1.0
                kind: DataContract
                id: \(name)
                version: 1.0.0
                status: active
                schema:
                  - name: \(name)
                    customProperties: [{property: source, value: {files: [\(globs)]}}]
                    properties: [{name: a, logicalType: string}]
                """.utf8), name: "\(name).odcs.yaml")
    }

    @Test func aPathBelongsToNoneOneOrMany() throws {
        let routing = SourceRouting([
            try contract("b", "\"**/b*.xlsx\", \"old/*\""), try contract("a", "\"**/*a.xlsx\", \"**/*a.x*\""),
        ])
        #expect(routing.route("c.xlsx") == .none)
        #expect(routing.route("x/B1.XLSX") == .one("b"))
        #expect(routing.route("za.xlsx") == .one("a"), "two globs of one dataset are one")
        #expect(routing.route("ba.xlsx") == .many(["a", "b"]))
    }
}
