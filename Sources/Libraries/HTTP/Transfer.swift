internal import Bytes
internal import CCurl

/// One attempt: a request on the wire and its answer as it comes.
///
/// Made and read by the caller's thread; between `TransferLoop.run` taking it and giving it back only the loop's
/// thread touches it, and the semaphore orders the two.
final class Transfer: @unchecked Sendable {
    /// Blocks in which libcurl reads and writes: fewer calls and wake-ups for big bodies.
    static let blockByteCount = 256 << 10

    var handle: CurlHandle
    var reception: Reception
    var upload: BodyReader
    /// Why we broke the transfer off.
    private(set) var fault: Reception.Fault?
    /// Ended because the stop flag was set.
    private(set) var isStopped = false
    /// What libcurl says.
    private(set) var code = CURLE_FAILED_INIT

    private let done = Semaphore()

    init(reception: Reception, upload: BodyReader) throws(HTTPError) {
        handle = try CurlHandle()
        self.reception = reception
        self.upload = upload
        let context = Unmanaged.passUnretained(self).toOpaque()
        try handle.set(context: context, header: Self.takeHeaderLine, body: Self.takeBody)
        try handle.set(uploadContext: context, read: Self.giveBody, seek: Self.rewindBody)
    }

    /// Called by the loop when the transfer is over.
    func end(_ code: CURLcode, isStopped: Bool = false) {
        self.code = code
        self.isStopped = isStopped
        if code == CURLE_OK {
            do throws(Reception.Fault) { try reception.finish() } catch { fault = error }
        }
        reception.forgetTarget()
        upload.forget()
        done.signal()
    }

    func waitForEnd() { done.wait() }

    private static let takeHeaderLine: curl_write_callback = { bytes, size, count, context in
        Transfer.from(context) { transfer in
            transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) {
                (reception, line) throws(Reception.Fault) in try reception.take(headerLine: line)
            }
        } ?? 0
    }

    private static let takeBody: curl_write_callback = { bytes, size, count, context in
        Transfer.from(context) { transfer in
            transfer.take(UnsafeRawBufferPointer(start: bytes, count: size * count)) {
                (reception, block) throws(Reception.Fault) in try reception.take(body: block)
            }
        } ?? 0
    }

    private static let giveBody: curl_write_callback = { bytes, size, count, context in
        Transfer.from(context) { transfer in
            do throws(IOError) {
                return try transfer.upload.read(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
            } catch {
                transfer.fault = .local(error)
                return Int(CURL_READFUNC_ABORT)
            }
        } ?? Int(CURL_READFUNC_ABORT)
    }

    private static let rewindBody: curl_seek_callback = { context, offset, origin in
        let isToStart = offset == 0 && origin == startOrigin
        let isDone = isToStart && Transfer.from(context) { $0.upload.rewind() } == true
        return isDone ? Int32(CURL_SEEKFUNC_OK) : Int32(CURL_SEEKFUNC_FAIL)
    }

    /// The value of SEEK_SET.
    private static let startOrigin: Int32 = 0

    private static func from<Result>(_ context: UnsafeMutableRawPointer?, _ body: (Transfer) -> Result) -> Result? {
        context.map { body(Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue()) }
    }

    /// Gives a block to the reception; anything but its length makes libcurl break the transfer off.
    private func take(
        _ block: UnsafeRawBufferPointer,
        _ body: (inout Reception, UnsafeRawBufferPointer) throws(Reception.Fault) -> Void
    ) -> Int {
        do throws(Reception.Fault) {
            try body(&reception, block)
            return block.count
        } catch {
            fault = error
            // 0 would be taken for success with an empty block.
            return block.count == 0 ? 1 : 0
        }
    }
}
