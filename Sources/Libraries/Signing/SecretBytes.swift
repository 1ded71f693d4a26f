internal import CCrypto

/// A secret in memory of its own, which is overwritten when the last owner lets go. Printing it, or anything that
/// holds it, shows `***`.
package final class SecretBytes: @unchecked Sendable {
    // Never changed after `init`, so it may be read from anywhere.
    private let memory: UnsafeMutableRawBufferPointer

    /// A copy of `bytes`. Whoever made those sees to them.
    package init(_ bytes: some Collection<UInt8>) {
        memory = .allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
    }

    /// A copy of `bytes`, which are overwritten.
    package convenience init(wiping bytes: inout [UInt8]) {
        self.init(bytes)
        bytes.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
        bytes = []
    }

    /// The UTF-8 of a text. The text itself stays where it was: Swift gives no way to overwrite it.
    package convenience init(_ text: String) { self.init(Array(text.utf8)) }

    deinit {
        OPENSSL_cleanse(memory.baseAddress, memory.count)
        memory.deallocate()
    }

    package var byteCount: Int { memory.count }
    package var isEmpty: Bool { memory.count == 0 }

    package func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(memory))
    }

    /// The secret as a text, for a header or a form. The copy is not overwritten: keep it short-lived.
    package var text: String { String(decoding: memory, as: UTF8.self) }

    /// Compares in a time that depends on the length only.
    package func equals(_ other: SecretBytes) -> Bool {
        memory.count == other.memory.count
            && (memory.count == 0 || CRYPTO_memcmp(memory.baseAddress, other.memory.baseAddress, memory.count) == 0)
    }
}

extension SecretBytes: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
