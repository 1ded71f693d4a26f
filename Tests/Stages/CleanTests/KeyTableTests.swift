import TestSupport
import Testing

@testable import clean

@Suite struct KeyTableTests {
    /// As many keys as need large pages, so that both ways of getting and giving back memory are gone.
    private static let keyCount = 1_600_000

    private func key(_ number: UInt64) -> RowKey {
        // Two rounds of a mixer (SplitMix64), so that all bits differ.
        func mix(_ value: UInt64) -> UInt64 {
            var mixed = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
        return RowKey(high: mix(number &+ 1), low: mix(number ^ 0x9E37_79B9_7F4A_7C15))
    }

    @Test func `keys are known, and leave with what they lay in`() {
        var table = KeyTable()
        var newCount = 0
        for number in 0..<UInt64(Self.keyCount) where table.insert(key(number)) { newCount += 1 }
        let tableCount = table.count
        #expect(newCount == Self.keyCount && tableCount == Self.keyCount)
        var isWrong = false
        for number in stride(from: 0, to: UInt64(Self.keyCount), by: 7) {
            if table.insert(key(number)) || !table.contains(key(number)) { isWrong = true }
            if table.contains(key(number + UInt64(Self.keyCount))) { isWrong = true }
        }
        #expect(!isWrong)
        let most = table.byteCount
        #expect(most < Self.keyCount * 16 * 4)
        var sum: UInt64 = 0
        var count = 0
        table.takeKeys { found in
            count += 1
            sum &+= found.high
        }
        #expect(count == Self.keyCount)
        #expect(sum == (0..<UInt64(Self.keyCount)).reduce(0) { $0 &+ key($1).high })
        let (left, leftCount, isNew) = (table.byteCount, table.count, table.insert(key(0)))
        #expect(left < most / 100 && leftCount == 0 && isNew)
    }

    @Test func `a key of zeros is a key`() {
        var table = KeyTable()
        let zero = RowKey(high: 0, low: 0)
        let answers = [table.contains(zero), table.insert(zero), table.insert(zero), table.contains(zero)]
        #expect(answers == [false, true, false, true])
        var taken = 0
        table.takeKeys { _ in taken += 1 }
        let isLeft = table.contains(zero)
        #expect(taken == 1 && !isLeft)
    }
}
