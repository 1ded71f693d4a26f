import Bytes
import Testing

struct MonitorTests {
    /// What two threads hand each other.
    private final class Table: @unchecked Sendable {
        let monitor = Monitor()
        var numbers: [Int] = []
        var isTaken = true
    }

    @Test func threadsWaitForWhatOthersChange() throws {
        let table = Table()
        let giver = try SystemThread {
            for number in 0..<1000 {
                table.monitor.hold {
                    while !table.isTaken { table.monitor.wait() }
                    table.numbers.append(number)
                    table.isTaken = false
                    table.monitor.wakeAll()
                }
            }
        }
        for number in 0..<1000 {
            let found = table.monitor.hold {
                while table.isTaken { table.monitor.wait() }
                table.isTaken = true
                table.monitor.wakeOne()
                return table.numbers.last
            }
            #expect(found == number)
        }
        giver.join()
    }

    @Test func othersHaveTheirTurnsDuringARelease() throws {
        let table = Table()
        let result = try table.monitor.hold { () -> Result<[Int], IOError> in
            var failure: IOError?
            table.monitor.release {
                do throws(IOError) {
                    // It would wait for ever if the monitor were still held.
                    let other = try SystemThread { table.monitor.hold { table.numbers.append(7) } }
                    other.join()
                } catch {
                    failure = error
                }
            }
            return failure.map { .failure($0) } ?? .success(table.numbers)
        }.get()
        #expect(result == [7])
    }

    @Test func aTurnThatIsTakenIsNotWaitedFor() {
        let monitor = Monitor()
        let inner = monitor.hold { monitor.holdIfAvailable { 1 } }
        #expect(inner == nil)
        #expect(monitor.holdIfAvailable { 1 } == 1)
    }
}
