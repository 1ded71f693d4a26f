import Testing

@testable import sf_copy

struct SQLTextTests {
    @Test(arguments: [
        ("plain", "'plain'"), ("", "''"), ("it's", "'it''s'"), ("back\\slash", "'back\\slash'"),
        ("'; DROP TABLE x; --", "'''; DROP TABLE x; --'"), ("two\nlines", "E'two\\x0alines'"),
        ("tab\t'\\", "E'tab\\x09''\\\\'"), ("nul\0", "'nul\u{FFFD}'"), ("\u{7F}", "E'\\x7f'"), ("čaj", "'čaj'"),
    ])
    func literalsHoldAnyText(text: String, expected: String) {
        #expect(SQLText.literal(text) == expected)
    }

    @Test(arguments: [("orders", "\"orders\""), ("a\"b", "\"a\"\"b\""), ("a\0", "\"a\u{FFFD}\"")])
    func identifiersHoldAnyName(name: String, expected: String) {
        #expect(SQLText.identifier(name) == expected)
    }
}
