internal import Bytes

/// The part of TOML (v1.0.0) that connection files use: tables and keys with texts, whole numbers and booleans as values.
///
///     [connections.production]       or [production] in connections.toml
///     account = "myorg-myaccount"    # a comment
///     port = 443
///
/// Anything else is refused by its line: a file that is misread would lead to another account.
struct TOMLText {
    static let byteLimit = 1 << 20

    /// What is wrong, and where.
    struct Malformed: Error, Equatable {
        let line: Int
        let reason: String
    }

    /// Values by table, whose name is joined by dots; keys before the first table are in the table "".
    private(set) var tables: [String: [String: String]] = [:]

    init(parsing text: String) throws(Malformed) {
        var table = ""
        // Swift takes CR LF for one character.
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }[...]
        var number = 0
        while let raw = lines.popFirst() {
            number += 1
            var line = Scanner(raw, line: number)
            line.skipSpaces()
            if line.isAtEndOrComment { continue }
            if line.take("[") {
                table = try line.keys(until: "]").joined(separator: ".")
                tables[table, default: [:]] = tables[table] ?? [:]
                try line.expectEnd()
                continue
            }
            var path = try line.keys(until: "=")
            let key = path.removeLast()
            let place = ([table] + path).filter { !$0.isEmpty }.joined(separator: ".")
            line.skipSpaces()
            let value: String
            if let quote = line.takeTripleQuote() {
                var body = String(line.rest)
                while !body.contains(quote) {
                    guard let next = lines.popFirst() else {
                        throw Malformed(line: number, reason: "a text does not end")
                    }
                    number += 1
                    body += (body.isEmpty ? "" : "\n") + next
                }
                value = String(body[..<(body.firstRange(of: quote)?.lowerBound ?? body.endIndex)])
            } else {
                value = try line.value()
                try line.expectEnd()
            }
            guard tables[place]?[key] == nil else { throw Malformed(line: number, reason: "\(key) is there twice") }
            tables[place, default: [:]][key] = value
        }
    }

    /// One line, read from the left.
    private struct Scanner {
        private(set) var rest: Substring
        let line: Int

        init(_ text: Substring, line: Int) {
            rest = text
            self.line = line
        }

        var isAtEndOrComment: Bool { rest.isEmpty || rest.first == "#" }

        mutating func skipSpaces() { rest = rest.drop { $0 == " " || $0 == "\t" } }

        mutating func take(_ character: Character) -> Bool {
            guard rest.first == character else { return false }
            rest = rest.dropFirst()
            return true
        }

        mutating func takeTripleQuote() -> String? {
            for quote in ["\"\"\"", "'''"] where rest.hasPrefix(quote) {
                rest = rest.dropFirst(3)
                return quote
            }
            return nil
        }

        func failure(_ reason: String) -> Malformed { Malformed(line: line, reason: reason) }

        mutating func expectEnd() throws(Malformed) {
            skipSpaces()
            guard isAtEndOrComment else { throw failure("there is something behind the value") }
        }

        /// Dotted keys, bare or quoted, up to a sign that is taken.
        mutating func keys(until end: Character) throws(Malformed) -> [String] {
            var keys: [String] = []
            while true {
                skipSpaces()
                if rest.first == "\"" || rest.first == "'" {
                    keys.append(try quoted())
                } else {
                    let key = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "_" || $0 == "-" }
                    guard !key.isEmpty else { throw failure("a key is expected") }
                    rest = rest[key.endIndex...]
                    keys.append(String(key))
                }
                skipSpaces()
                if take(end) { return keys }
                guard take(".") else { throw failure("\(end) is expected behind \(keys.last ?? "")") }
            }
        }

        mutating func value() throws(Malformed) -> String {
            if rest.first == "\"" || rest.first == "'" { return try quoted() }
            let word = rest.prefix { $0 != " " && $0 != "\t" && $0 != "#" }
            guard word == "true" || word == "false" || Int(word) != nil else {
                throw failure("a value is a text in quotes, a whole number, true or false")
            }
            rest = rest[word.endIndex...]
            return String(word)
        }

        private mutating func quoted() throws(Malformed) -> String {
            let quote = rest.removeFirst()
            var text = ""
            while let character = rest.popFirst() {
                if character == quote { return text }
                guard character == "\\", quote == "\"" else {
                    text.append(character)
                    continue
                }
                switch rest.popFirst() {
                case "n": text.append("\n")
                case "t": text.append("\t")
                case "r": text.append("\r")
                case "\"": text.append("\"")
                case "\\": text.append("\\")
                default: throw failure("an escape that is not \\n, \\t, \\r, \\\" or \\\\")
                }
            }
            throw failure("a text does not end")
        }
    }
}
