import ArgumentParser
import Contracts
import Parquet

/// What `--compression` takes: `zstd`, `zstd:N`, `gzip`, `gzip:N`, `none`.
struct CompressionChoice: ExpressibleByArgument, Equatable {
    static let gzipLevel = 6

    let codec: ParquetCodec

    init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        var level: Int?
        if parts.count == 2 {
            guard let number = Int(parts[1]) else { return nil }
            level = number
        }
        guard let codec = Self.codec(String(parts[0]), level: level) else { return nil }
        self.codec = codec
    }

    /// The codec that a contract names, or nil when it names none or an impossible level.
    init?(_ settings: ParquetSettings) {
        guard let name = settings.codec, let codec = Self.codec(name.rawValue, level: settings.level) else {
            return nil
        }
        self.codec = codec
    }

    private static func codec(_ name: String, level: Int?) -> ParquetCodec? {
        switch (name, level) {
        case ("none", nil): ParquetCodec.none
        case ("zstd", nil): .zstandard(level: nil)
        case ("zstd", let level?): 1...22 ~= level ? .zstandard(level: level) : nil
        case ("gzip", let level): 1...9 ~= level ?? gzipLevel ? .gzip(level: level ?? gzipLevel) : nil
        default: nil
        }
    }
}
