internal import Bytes
internal import StageKit

/// Why there is no such time zone.
struct ZoneProblem: Error {
    let message: String
}

/// The offsets from UTC that a time zone had and will have, from the system's database (TZif, RFC 9636).
///
///     header = "TZif" version 15*OCTET, six counts of 32 bits: isutcnt isstdcnt leapcnt timecnt typecnt charcnt
///     block  = times, type indexes, types (utoff 32 bits, isdst, desigidx), designations, leaps, isstd, isut
///     file   = header block(32 bit times) header block(64 bit times) LF footer LF
struct ZoneRules: Sendable {
    private static let fileLimit = 1 << 20

    /// Seconds since 1970 from which `offsets` hold; ascending.
    private let transitions: [Int64]
    /// Seconds ahead of UTC from each transition on.
    private let offsets: [Int]
    /// Before the first transition.
    private let firstOffset: Int
    /// After the last transition.
    private let future: PosixZone?

    /// Reads a zone such as `America/Sao_Paulo` from the folder that `TZDIR` names, or from /usr/share/zoneinfo.
    static func load(_ name: String) throws(ZoneProblem) -> ZoneRules {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isSafe = parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") }
        let folder = Environment.value("TZDIR") ?? "/usr/share/zoneinfo"
        guard isSafe else { throw ZoneProblem(message: "\(name) is no name of a time zone") }
        do throws(IOError) {
            let bytes = try FileSystem.contents(FileSystem.join(folder, name), limit: fileLimit)
            guard let rules = ZoneRules(bytes) else {
                throw IOError.corrupt(path: FileSystem.join(folder, name), reason: "is no time zone file")
            }
            return rules
        } catch {
            throw ZoneProblem(message: "the time zone \(name) cannot be read: \(error.message)")
        }
    }

    /// Nil when the bytes are not what RFC 9636 says, or are of the old version 1.
    init?(_ bytes: [UInt8]) {
        var reader = ZoneReader(bytes)
        guard let old = reader.header(), old.version >= 0x32, reader.skip(old.byteCount(timeSize: 4)),
            let header = reader.header(), header.typeCount > 0
        else { return nil }
        var transitions: [Int64] = []
        for _ in 0..<header.timeCount {
            guard let time = reader.integer(8) else { return nil }
            transitions.append(time)
        }
        var indexes: [Int] = []
        for _ in 0..<header.timeCount {
            guard let index = reader.integer(1), index >= 0, index < header.typeCount else { return nil }
            indexes.append(Int(index))
        }
        var types: [Int] = []
        for _ in 0..<header.typeCount {
            guard let offset = reader.integer(4), reader.skip(2), offset.magnitude < 1 << 20 else { return nil }
            types.append(Int(offset))
        }
        guard let first = types.first, zip(transitions, transitions.dropFirst()).allSatisfy({ $0 < $1 }),
            reader.skip(header.restByteCount(timeSize: 8))
        else { return nil }
        self.transitions = transitions
        offsets = indexes.map { types[$0] }
        firstOffset = first
        future = PosixZone(reader.footer())
    }

    /// Microseconds since 1970 in UTC of what a clock on the wall showed. Nil where the clock was put forward over that
    /// time; where it was put back, the earlier of the two instants.
    func instant(ofWall wall: Int64) -> Int64? {
        let seconds = wall >= 0 ? wall / 1_000_000 : (wall - 999_999) / 1_000_000
        // Clocks are put forward and back less often than once a day.
        let candidates = [offset(at: seconds - 86_400), offset(at: seconds + 86_400)]
        let instants = candidates.filter { offset(at: seconds - Int64($0)) == $0 }.map { wall - Int64($0) * 1_000_000 }
        return instants.min()
    }

    /// Seconds ahead of UTC at an instant.
    func offset(at instant: Int64) -> Int {
        guard let first = transitions.first, instant >= first else {
            return transitions.isEmpty ? future?.offset(at: instant) ?? firstOffset : firstOffset
        }
        if let last = transitions.last, instant >= last, let future { return future.offset(at: instant) }
        var (low, high) = (0, transitions.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if transitions[middle] <= instant { low = middle } else { high = middle }
        }
        return offsets[low]
    }
}

/// Steps over the bytes of a zone file.
private struct ZoneReader {
    struct Header {
        let version: UInt8
        let isUTCount: Int
        let isStandardCount: Int
        let leapCount: Int
        let timeCount: Int
        let typeCount: Int
        let characterCount: Int

        func byteCount(timeSize: Int) -> Int {
            timeCount * (timeSize + 1) + typeCount * 6 + restByteCount(timeSize: timeSize)
        }
        /// Of what stands behind the types.
        func restByteCount(timeSize: Int) -> Int {
            characterCount + leapCount * (timeSize + 4) + isStandardCount + isUTCount
        }
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func header() -> Header? {
        guard bytes.count - position >= 44, Array(bytes[position..<position + 4]) == Array("TZif".utf8) else {
            return nil
        }
        let version = bytes[position + 4]
        position += 20
        var counts: [Int] = []
        for _ in 0..<6 {
            guard let count = integer(4), count >= 0, count < 1 << 20 else { return nil }
            counts.append(Int(count))
        }
        return Header(
            version: version, isUTCount: counts[0], isStandardCount: counts[1], leapCount: counts[2],
            timeCount: counts[3], typeCount: counts[4], characterCount: counts[5])
    }

    /// A signed number, most significant byte first.
    mutating func integer(_ size: Int) -> Int64? {
        guard bytes.count - position >= size else { return nil }
        var value: Int64 = size > 1 && bytes[position] & 0x80 != 0 ? -1 : 0
        for _ in 0..<size {
            value = value << 8 | Int64(bytes[position])
            position += 1
        }
        return value
    }

    mutating func skip(_ count: Int) -> Bool {
        guard bytes.count - position >= count else { return false }
        position += count
        return true
    }

    /// The text between the last two line feeds.
    func footer() -> String {
        let rest = bytes[min(position, bytes.count)...]
        guard rest.first == 0x0A else { return "" }
        return String(decoding: rest.dropFirst().prefix { $0 != 0x0A }, as: UTF8.self)
    }
}
