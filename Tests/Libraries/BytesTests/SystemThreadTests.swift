import Bytes
import Glibc
import Synchronization
import Testing

@Suite struct SystemThreadTests {
    @Test func aThreadRunsItsBodyBeforeTheJoinReturns() throws {
        let total = Mutex(0)
        let numbers = 1...8
        for number in numbers {
            let thread = try SystemThread { [number] in total.withLock { $0 += number } }
            thread.join()
        }
        #expect(total.withLock { $0 } == 36)
    }

    @Test func signalsAreBlockedInsideAndNotOutside() throws {
        let isBlocked = Mutex(false)
        func blocked(_ number: Int32) -> Bool {
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            return sigismember(&mask, number) == 1
        }
        let before = blocked(SIGTERM)
        let thread = try SystemThread {
            var mask = sigset_t()
            pthread_sigmask(SIG_BLOCK, nil, &mask)
            let answer = sigismember(&mask, SIGTERM) == 1
            isBlocked.withLock { $0 = answer }
        }
        thread.join()
        #expect(isBlocked.withLock { $0 })
        #expect(blocked(SIGTERM) == before)
    }

    @Test func aStopFlagRemembersTheSignal() {
        let flag = StopFlag()
        #expect(!flag.isSet)
        flag.set(signalNumber: SIGINT)
        #expect(flag.isSet)
        #expect(flag.signalNumber == SIGINT)
    }
}
