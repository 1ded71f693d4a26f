internal import Bytes
internal import Contracts
internal import Digests
internal import NDJSON
internal import StageKit
internal import Text

/// Makes the texts of a column unreadable, after they were checked and after duplicates were recognised.
///
///     hmac-sha256   64 hexadecimal digits of HMAC(key, column 00 text): the same text joins with itself, and only with
///                   the key can anybody find out which one it is. (A bare hash of an e-mail address is found by trying.)
///     redact        ***
///     truncate      the first n characters
///
/// Masking what is masked changes nothing: texts that look like what a mask writes pass unchecked and unchanged.
struct ValueMask: Sendable {
    /// Shorter keys can be tried out.
    private static let shortestKey = 16
    private static let redacted = Array("***".utf8)
    private static let hmacLength = 64

    private let method: MaskSettings.Method
    private let column: [UInt8]
    private let keyed: KeyedDigest?

    /// The key is the text of the environment variable that the contract names.
    init(_ settings: MaskSettings, field: Field) throws(StageFailure) {
        method = settings.method
        column = Array(field.name.utf8)
        var keyed: KeyedDigest?
        switch settings.method {
        case .hmacSHA256:
            let name = settings.keyReference ?? ""
            guard let key = Environment.value(name) else {
                throw field.fault("the mask needs its key in the environment variable \(name)", "set it")
            }
            guard key.utf8.count >= Self.shortestKey else {
                throw field.fault(
                    "the key in the environment variable \(name) is shorter than \(Self.shortestKey) bytes",
                    "set a longer one")
            }
            keyed = KeyedDigest(key: Array(key.utf8))
        case .redact: break
        case .truncate(let length):
            let limits = field.limits
            let isChecked =
                limits.pattern != nil || limits.validValues != nil || field.cleaning.check != nil
                || (limits.minimumLength ?? 0) > length
            if isChecked {
                throw field.fault(
                    "the mask cuts texts that the column's checks would then refuse", "remove the checks or redact")
            }
        }
        self.keyed = keyed
    }

    /// True for a text that this mask may have written.
    func mayHaveWritten(_ text: RawSpan) -> Bool {
        switch method {
        case .redact: return text.equals(Self.redacted.span.bytes)
        case .truncate: return false
        case .hmacSHA256:
            guard text.byteCount == Self.hmacLength else { return false }
            for position in 0..<Self.hmacLength {
                let byte = text[position]
                if byte &- 0x30 >= 10, byte &- 0x61 >= 6 { return false }
            }
            return true
        }
    }

    /// Appends the mask of a value, given as the canonical JSON of a text or null.
    func append(_ json: RawSpan, to output: inout ByteBuffer) {
        guard json.byteCount > 1, json[0] == 0x22 else { return output.append(json) }
        var text = ByteBuffer()
        JSONText.unescape(json.extracting(1..<json.byteCount - 1), into: &text)
        let plain = text.bytes
        if mayHaveWritten(plain) { return output.append(json) }
        switch method {
        case .redact: JSONText.appendString(Self.redacted.span.bytes, to: &output)
        case .hmacSHA256: JSONText.appendString(digest(plain).span.bytes, to: &output)
        case .truncate(let length):
            var end = 0
            for _ in 0..<length where end < plain.byteCount { _ = ScalarReader.next(plain, &end) }
            JSONText.appendString(plain.extracting(0..<end), to: &output)
        }
    }

    /// The hexadecimal digits for a text.
    private func digest(_ text: RawSpan) -> [UInt8] {
        guard let keyed else { return Self.redacted }
        return Array(Hex.encode(keyed.digest(of: column + [0] + text.array)).utf8)
    }

    /// What stands for a text where people look at it, as in rejects: the beginning of its mask, so that two of them
    /// can be told apart, where there is a key.
    func label(for text: String) -> String {
        guard keyed != nil else { return Self.plainLabel }
        return Self.plainLabel + String(decoding: digest(Array(text.utf8).span.bytes).prefix(16), as: UTF8.self)
    }

    static let plainLabel = "***"
}
