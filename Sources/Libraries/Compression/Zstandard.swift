package import Bytes
internal import CZstd

/// Compresses buffers to plain Zstandard frames (RFC 8878) with one reused context.
package struct ZstandardCompressor: ~Copyable {
    /// How hard to look for repetitions.
    package struct Effort: Equatable, Sendable {
        /// 1 (fast) to 22; 0 and below are faster still.
        package let level: Int
        /// True to entropy-code what does not repeat also at levels below 1, which store it as it is.
        package let packsLiterals: Bool

        package init(level: Int, packsLiterals: Bool = false) {
            self.level = level
            self.packsLiterals = packsLiterals
        }
    }

    private let context: OpaquePointer
    private var effort: Effort

    /// Levels outside of what the library knows are clamped.
    package init(_ effort: Effort) {
        guard let made = ZSTD_createCCtx() else { preconditionFailure("out of memory") }
        context = made
        self.effort = effort
        Self.apply(effort, to: context)
    }

    /// `level` is 1 (fast) to 22; values outside are clamped by the library.
    package init(level: Int) { self.init(Effort(level: level)) }

    deinit { ZSTD_freeCCtx(context) }

    /// Compresses from now on with another effort.
    package mutating func set(_ effort: Effort) {
        guard effort != self.effort else { return }
        self.effort = effort
        Self.apply(effort, to: context)
    }

    private static func apply(_ effort: Effort, to context: OpaquePointer) {
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: effort.level))
        // A library that cannot do it stores literals instead: larger, and right.
        _ = sluice_zstd_always_pack_literals(context, effort.packsLiterals ? 1 : 0)
    }

    /// Room that a frame of `byteCount` bytes surely fits in.
    package static func bound(of byteCount: Int) -> Int { ZSTD_compressBound(byteCount) }

    /// Stores one frame that holds `bytes` and states its size; says how long it is. `output` must have room for
    /// `bound(of: bytes.count)` bytes.
    package mutating func compress(
        _ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) -> Int {
        let size = ZSTD_compress2(context, output.baseAddress, output.count, bytes.baseAddress, bytes.count)
        precondition(ZSTD_isError(size) == 0, "zstd could not compress: out of memory or too little room")
        return size
    }

    /// Replaces the content of `output` by one frame that holds `bytes` and states its size.
    package mutating func compress(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        let bound = Self.bound(of: bytes.count)
        output = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
            count = compress(bytes, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }
}

/// Decompresses a Zstandard stream (one or more frames) that another source delivers.
package final class ZstandardSource: ByteSource {
    package let path: String
    private let source: any ByteSource
    private let context: OpaquePointer
    private let input: UnsafeMutableRawBufferPointer
    private var pending = ZSTD_inBuffer()
    private var frameIsOpen = false

    package init(_ source: any ByteSource) {
        self.source = source
        path = source.path
        guard let made = ZSTD_createDCtx() else { preconditionFailure("out of memory") }
        context = made
        input = .allocate(byteCount: 128 << 10, alignment: 64)
    }

    deinit {
        ZSTD_freeDCtx(context)
        input.deallocate()
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(IOError) -> Int {
        if buffer.count == 0 { return 0 }
        var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while true {
            if pending.pos == pending.size {
                let count = try source.read(into: input)
                if count == 0 {
                    if frameIsOpen { throw .corrupt(path: path, reason: "the compressed data ends too early") }
                    return 0
                }
                pending = ZSTD_inBuffer(src: input.baseAddress, size: count, pos: 0)
            }
            let status = ZSTD_decompressStream(context, &output, &pending)
            if ZSTD_isError(status) != 0 {
                let detail = String(cString: ZSTD_getErrorName(status))
                throw .corrupt(path: path, reason: "the compressed data is damaged (\(detail))")
            }
            frameIsOpen = status != 0
            if output.pos > 0 { return output.pos }
        }
    }
}

/// Writes one Zstandard frame into another sink.
package final class ZstandardSink: ByteSink {
    package static let defaultLevel = 3

    package let path: String
    private let sink: any ByteSink
    private let context: OpaquePointer
    private let output: UnsafeMutableRawBufferPointer

    package init(_ sink: any ByteSink, level: Int = defaultLevel) {
        self.sink = sink
        path = sink.path
        guard let made = ZSTD_createCCtx() else { preconditionFailure("out of memory") }
        context = made
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level))
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        output = .allocate(byteCount: ZSTD_CStreamOutSize(), alignment: 64)
    }

    deinit {
        ZSTD_freeCCtx(context)
        output.deallocate()
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws(IOError) {
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while input.pos < input.size { _ = try step(&input, ZSTD_e_continue) }
    }

    package func finish() throws(IOError) {
        var input = ZSTD_inBuffer()
        while try step(&input, ZSTD_e_end) != 0 {}
        try sink.finish()
    }

    private func step(_ input: inout ZSTD_inBuffer, _ directive: ZSTD_EndDirective) throws(IOError) -> Int {
        var piece = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let rest = ZSTD_compressStream2(context, &piece, &input, directive)
        precondition(ZSTD_isError(rest) == 0, "zstd could not compress: out of memory")
        if piece.pos > 0 { try sink.write(UnsafeRawBufferPointer(rebasing: output[..<piece.pos])) }
        return rest
    }
}
