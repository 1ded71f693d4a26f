/// A pattern over paths and names, compared without regard to case.
///
///     *        any characters but "/"            [xm] [a-f] [!0-9]   one character of, or not of, the set
///     ?        one character but "/"             **/  /**            any folders, also none; everything below
///
/// `**` stands alone between slashes. There is no escape: a set of one, `[*]`, takes a character literally.
package struct Glob: Hashable, Sendable {
    static let lengthLimit = 1024
    /// Longer paths match nothing.
    static let pathLimit = 8192

    /// As written.
    package let text: String
    private let tokens: [Token]

    private enum Token: Hashable {
        case literal(Character)
        case anyCharacter
        case set([ClosedRange<Character>], isNegated: Bool)
        /// Any run of characters but "/".
        case run
        /// Nothing, or whole folders with their "/".
        case folders
        /// Everything to the end, at least one character.
        case rest
    }

    /// - Throws: ``GlobError`` for an empty or too long pattern, a set that does not end, and `**` within a name.
    package init(_ text: String) throws(GlobError) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= Glob.lengthLimit else { throw .tooLong(limit: Glob.lengthLimit) }
        self.text = text
        tokens = try Glob.tokens(of: Array(text.lowercased()))
    }

    /// Whether the whole of `path` matches.
    package func matches(_ path: String) -> Bool {
        guard path.utf8.count <= Glob.pathLimit else { return false }
        // Every position of the pattern that can be reached so far: linear for any pattern, where backtracking is not.
        var reached = [Bool](repeating: false, count: tokens.count + 1)
        reached[0] = true
        skipEmpty(&reached, after: "/")
        for character in path.lowercased() {
            var next = [Bool](repeating: false, count: tokens.count + 1)
            for position in tokens.indices where reached[position] {
                advance(position, over: character, &next)
            }
            skipEmpty(&next, after: character)
            reached = next
        }
        return reached[tokens.count]
    }

    private func advance(_ position: Int, over character: Character, _ next: inout [Bool]) {
        switch tokens[position] {
        case .literal(let literal): if literal == character { next[position + 1] = true }
        case .anyCharacter: if character != "/" { next[position + 1] = true }
        case .set(let ranges, let isNegated):
            if character != "/", ranges.contains(where: { $0.contains(character) }) != isNegated {
                next[position + 1] = true
            }
        case .run: if character != "/" { next[position] = true }
        case .folders: next[position] = true
        case .rest:
            next[position] = true
            next[position + 1] = true
        }
    }

    /// Moves past the tokens that may stand for nothing. `folders` may, at the beginning of a name only.
    private func skipEmpty(_ reached: inout [Bool], after previous: Character) {
        for position in tokens.indices where reached[position] {
            switch tokens[position] {
            case .run: reached[position + 1] = true
            case .folders where previous == "/": reached[position + 1] = true
            default: continue
            }
        }
    }

    private static func tokens(of text: [Character]) throws(GlobError) -> [Token] {
        var tokens: [Token] = []
        var index = 0
        while index < text.count {
            switch text[index] {
            case "*" where index + 1 < text.count && text[index + 1] == "*":
                let startsPart = index == 0 || text[index - 1] == "/"
                let after = index + 2 < text.count ? text[index + 2] : nil
                guard startsPart, after == nil || after == "/" else { throw .starsInName }
                tokens.append(after == nil ? .rest : .folders)
                index += after == nil ? 2 : 3
            case "*":
                tokens.append(.run)
                index += 1
            case "?":
                tokens.append(.anyCharacter)
                index += 1
            case "[":
                tokens.append(try set(text, &index))
            default:
                tokens.append(.literal(text[index]))
                index += 1
            }
        }
        return tokens
    }

    private static func set(_ text: [Character], _ index: inout Int) throws(GlobError) -> Token {
        index += 1
        let isNegated = index < text.count && text[index] == "!"
        if isNegated { index += 1 }
        var ranges: [ClosedRange<Character>] = []
        while index < text.count, text[index] != "]" || ranges.isEmpty {
            let low = text[index]
            if index + 2 < text.count, text[index + 1] == "-", text[index + 2] != "]" {
                guard low <= text[index + 2] else { throw .emptyRange }
                ranges.append(low...text[index + 2])
                index += 3
            } else {
                ranges.append(low...low)
                index += 1
            }
        }
        guard index < text.count else { throw .openSet }
        index += 1
        return .set(ranges, isNegated: isNegated)
    }
}

/// Why a text is no glob.
package enum GlobError: Error, Equatable, CustomStringConvertible {
    case empty
    case tooLong(limit: Int)
    case starsInName
    case openSet
    case emptyRange

    package var description: String {
        switch self {
        case .empty: "is empty"
        case .tooLong(let limit): "is longer than \(limit) bytes"
        case .starsInName: "has ** within a name"
        case .openSet: "has a [ without its ]"
        case .emptyRange: "has a range whose end comes before its beginning"
        }
    }
}
