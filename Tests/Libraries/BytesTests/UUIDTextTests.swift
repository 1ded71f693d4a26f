import Bytes
import TestSupport
import Testing

@Suite struct UUIDTextTests {
    private struct Constant: RandomNumberGenerator {
        let value: UInt64
        mutating func next() -> UInt64 { value }
    }

    @Test func versionAndVariantAreSet() {
        var ones = Constant(value: .max)
        var zeros = Constant(value: 0)
        var mixed = Constant(value: 0x0123_4567_89AB_CDEF)
        #expect(UUIDText.random(using: &ones) == "ffffffff-ffff-4fff-bfff-ffffffffffff")
        #expect(UUIDText.random(using: &zeros) == "00000000-0000-4000-8000-000000000000")
        #expect(UUIDText.random(using: &mixed) == "01234567-89ab-4def-8123-456789abcdef")
    }

    @Test func noTwoAreTheSame() {
        #expect(Set((0..<1000).map { _ in UUIDText.random() }).count == 1000)
    }
}
