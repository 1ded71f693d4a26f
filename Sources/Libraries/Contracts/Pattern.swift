internal import CPCRE2

/// A regular expression of a contract, compiled once and matched from any thread through a ``PatternMatcher`` each.
///
/// The language is what PCRE2, RE2, Snowflake and JSON Schema agree on (see ``PatternSubset``). A pattern is searched for unless
/// it is anchored; `$` is the end of the text only; `\d`, `\w` and `\s` are ASCII.
package struct Pattern: Sendable, Hashable {
    static let lengthLimit = 1000

    /// As written.
    package let text: String
    fileprivate let code: PatternCode

    /// - Throws: ``PatternError`` for what does not compile or is outside the common language.
    package init(_ text: String) throws(PatternError) {
        guard text.utf8.count <= Pattern.lengthLimit else { throw .tooLong(limit: Pattern.lengthLimit) }
        try PatternSubset.check(text)
        self.text = text
        code = try PatternCode(text)
    }

    package static func == (left: Pattern, right: Pattern) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// How many groups in parentheses there are, the whole match not counted.
    package var groupCount: Int { code.groupCount }

    /// - Throws: ``PatternError/noMemory``.
    package func makeMatcher() throws(PatternError) -> PatternMatcher { try PatternMatcher(self) }
}

package enum PatternMatch: Equatable, Sendable {
    case found
    case notFound
    /// The search took more steps than allowed: treat the value as one that does not match.
    case limitExceeded
}

/// Why a text is no pattern.
package enum PatternError: Error, Equatable, CustomStringConvertible {
    case tooLong(limit: Int)
    case outsideCommonLanguage(construct: String)
    case syntax(message: String, offset: Int)
    case noMemory

    package var description: String {
        switch self {
        case .tooLong(let limit): "is longer than \(limit) bytes"
        case .outsideCommonLanguage(let construct): "uses \(construct), which not all readers of contracts know"
        case .syntax(let message, let offset): "does not compile: \(message) (at character \(offset + 1))"
        case .noMemory: "needs more memory than there is"
        }
    }
}

/// Owns the compiled code. It is never changed after `init`, so threads may share it, as pcre2api(3) says.
private final class PatternCode: @unchecked Sendable {
    let pointer: OpaquePointer
    let groupCount: Int

    init(_ text: String) throws(PatternError) {
        var code: Int32 = 0
        var offset = 0
        let options = UInt32(PCRE2_UTF) | UInt32(PCRE2_MATCH_INVALID_UTF) | UInt32(PCRE2_DOLLAR_ENDONLY)
        let bytes = Array(text.utf8)
        guard let compiled = pcre2_compile_8(bytes, bytes.count, options, &code, &offset, nil) else {
            throw .syntax(message: PatternCode.message(code), offset: offset)
        }
        // Without JIT, on a machine that has none, matching is slower and otherwise the same.
        _ = pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE))
        var count: UInt32 = 0
        pcre2_pattern_info_8(compiled, UInt32(PCRE2_INFO_CAPTURECOUNT), &count)
        pointer = compiled
        groupCount = Int(count)
    }

    deinit { pcre2_code_free_8(pointer) }

    private static func message(_ code: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        let length = pcre2_get_error_message_8(code, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, Int(length))), as: UTF8.self)
    }
}

/// Matches one pattern; owns the scratch memory, so each thread needs its own.
package final class PatternMatcher {
    /// Enough for any pattern a contract needs; runaway backtracking ends here.
    static let stepLimit: UInt32 = 1_000_000
    static let stackByteLimit = 512 << 10

    private let code: PatternCode
    private let data: OpaquePointer
    private let context: OpaquePointer
    private let stack: OpaquePointer?

    fileprivate init(_ pattern: Pattern) throws(PatternError) {
        code = pattern.code
        guard let data = pcre2_match_data_create_from_pattern_8(pattern.code.pointer, nil) else { throw .noMemory }
        guard let context = pcre2_match_context_create_8(nil) else {
            pcre2_match_data_free_8(data)
            throw .noMemory
        }
        self.data = data
        self.context = context
        stack = pcre2_jit_stack_create_8(32 << 10, PatternMatcher.stackByteLimit, nil)
        pcre2_set_match_limit_8(context, PatternMatcher.stepLimit)
        if let stack { pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack)) }
    }

    deinit {
        pcre2_match_data_free_8(data)
        pcre2_match_context_free_8(context)
        if let stack { pcre2_jit_stack_free_8(stack) }
    }

    /// Searches for the pattern; bytes that are no UTF-8 match nothing.
    package func match(_ bytes: UnsafeRawBufferPointer) -> PatternMatch { match(bytes, from: 0) }

    private func match(_ bytes: UnsafeRawBufferPointer, from offset: Int) -> PatternMatch {
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let result = pcre2_match_8(code.pointer, start, bytes.count, offset, 0, data, context)
        if result >= 0 { return .found }
        return result == PCRE2_ERROR_NOMATCH ? .notFound : .limitExceeded
    }

    /// Searches from `offset` on; what stands before counts for `^` and word boundaries. Ranges of groups count from the
    /// beginning of `bytes`.
    package func match(_ bytes: RawSpan, from offset: Int) -> PatternMatch {
        precondition(offset >= 0 && offset <= bytes.byteCount)
        return bytes.withUnsafeBytes { match($0, from: offset) }
    }

    package func match(_ bytes: RawSpan) -> PatternMatch { bytes.withUnsafeBytes { match($0) } }

    package func match(_ text: String) -> PatternMatch {
        var text = text
        return text.withUTF8 { match(UnsafeRawBufferPointer($0)) }
    }

    /// After `.found`: where the group is in the bytes, or nil if it took no part. Group 0 is the whole match.
    package func range(ofGroup group: Int) -> Range<Int>? {
        guard group >= 0, group <= code.groupCount, let offsets = pcre2_get_ovector_pointer_8(data) else { return nil }
        let (start, end) = (offsets[2 * group], offsets[2 * group + 1])
        // PCRE2_UNSET is the largest size_t, here -1; with \K, which the subset refuses, start could be after end.
        guard start >= 0, start <= end else { return nil }
        return start..<end
    }
}
