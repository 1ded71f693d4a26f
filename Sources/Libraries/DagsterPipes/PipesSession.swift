internal import Bytes
internal import Glibc
package import NDJSON

/// The one writer of messages of a step: `opened` first, `closed` last, nothing behind it.
///
/// Every message is one write(2), for the reader takes half a line for a broken one and reads nothing more. The file is
/// opened for appending, so that nobody's messages overwrite each other.
package final class PipesSession {
    private let descriptor: Int32
    private let owned: OwnedFile?
    private let name: String
    private var isClosed = false
    private var materialized: Set<String> = []

    /// True when messages go to our own standard output, which then must hold nothing else.
    package let usesStandardOutput: Bool

    /// Opens the channel that the parameter names, `{"path": FILE}`, `{"stdio": ...}` or `{"buffered_stdio": ...}`, and
    /// writes `opened`.
    package init(parameter: JSONObject) throws(PipesError) {
        let variable = PipesParameter.messagesName
        if let path = parameter["path"]?.string {
            do throws(IOError) {
                let file = OwnedFile(try OwnedDescriptor(path: path, flags: O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC))
                descriptor = file.number
                owned = file
            } catch {
                throw .io(error)
            }
            name = path
            usesStandardOutput = false
        } else if let stream = (parameter["stdio"] ?? parameter["buffered_stdio"])?.string {
            guard stream == "stdout" || stream == "stderr" else {
                throw .malformed(name: variable, reason: "`\(stream)` is neither stdout nor stderr")
            }
            usesStandardOutput = stream == "stdout"
            descriptor = usesStandardOutput ? 1 : 2
            name = stream
            owned = nil
        } else {
            throw .malformed(name: variable, reason: "messages to a file, stdout or stderr are supported, not to this")
        }
        try write(.opened)
    }

    /// Writes a message. A second materialization of an asset, and anything behind `closed`, is our own mistake and
    /// is not written.
    package func send(_ message: PipesMessage) throws(PipesError) {
        guard !isClosed else { return }
        try write(message)
    }

    /// Reports an asset once.
    package func materialize(_ asset: String, dataVersion: String?, _ metadata: [(String, PipesMetadata)])
        throws(PipesError)
    {
        guard materialized.insert(asset).inserted else { return }
        try send(.materialization(asset: asset, dataVersion: dataVersion, metadata))
    }

    /// Ends the session.
    package func close(_ exception: PipesException?) throws(PipesError) {
        guard !isClosed else { return }
        isClosed = true
        try write(.closed(exception))
    }

    private func write(_ message: PipesMessage) throws(PipesError) {
        do throws(IOError) {
            try message.line.withUnsafeBufferPointer { (bytes) throws(IOError) in
                try writeAll(UnsafeRawBufferPointer(bytes), to: descriptor, path: name)
            }
        } catch {
            throw .io(error)
        }
    }
}

/// A descriptor that lives as long as its session.
private final class OwnedFile {
    private let descriptor: OwnedDescriptor
    var number: Int32 { descriptor.number }

    init(_ descriptor: consuming OwnedDescriptor) { self.descriptor = descriptor }
}
