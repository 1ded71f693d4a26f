/// Why a text is not the JSON that we accept: RFC 8259, UTF-8, no repeated key, bounded depth.
package struct JSONError: Error, Equatable {
    package enum Problem: String, Equatable, Sendable {
        case unexpectedByte = "unexpected character"
        case unexpectedEnd = "the text ends too early"
        case trailingBytes = "something follows the JSON text"
        case badNumber = "not a JSON number"
        case badEscape = "unknown escape in a string"
        case loneSurrogate = "half of a surrogate pair in a \\u escape"
        case controlCharacter = "raw control character in a string"
        case invalidUTF8 = "invalid UTF-8"
        case nul = "U+0000 in a string, which the tools downstream cannot carry"
        case tooDeep = "nested deeper than 128 levels"
        case duplicateKey = "the same key twice in one object"
        case notAnObject = "not a JSON object"
        case tooManyKeys = "more keys than the limit of 65,536"
    }

    package let problem: Problem
    /// Where in the text, in bytes from 0.
    package let offset: Int

    package init(_ problem: Problem, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    /// One line for a person.
    package var message: String { "\(problem.rawValue) (byte \(offset + 1))" }

    /// The code under which the reject stream counts this (facts of the reject stream: `json.*`).
    package var rejectCode: String {
        switch problem {
        case .invalidUTF8: "json.utf8"
        case .duplicateKey: "json.duplicateKey"
        case .notAnObject: "json.notObject"
        default: "json.syntax"
        }
    }
}
