import HTTP
import TestSupport
import Testing

@Suite struct RetryPolicyTests {
    @Test func theCeilingDoublesUpToItsLimitAndTheWaitIsAnywhereBelow() {
        var policy = RetryPolicy()
        policy.attemptLimit = 20
        func wait(_ attempts: Int, _ random: Double) -> Double? {
            policy.waitSeconds(afterAttempts: attempts, random: random, serverWaitSeconds: nil, remainingSeconds: 1e6)
        }
        #expect((1...9).map { wait($0, 1) } == [0.5, 1, 2, 4, 8, 16, 32, 60, 60])
        #expect(wait(3, 0) == 0)
        #expect(wait(3, 0.25) == 0.5)
        #expect(wait(19, 1) == 60)
        #expect(wait(20, 1) == nil)
    }

    @Test func aServersWaitIsAFloorUpToALimit() {
        let policy = RetryPolicy()
        func wait(_ asked: Double, random: Double) -> Double? {
            policy.waitSeconds(afterAttempts: 1, random: random, serverWaitSeconds: asked, remainingSeconds: 1e6)
        }
        #expect(wait(7, random: 0) == 7)
        #expect(wait(7, random: 0.5) == 7.25)
        #expect(wait(300, random: 0) == 300)
        #expect(wait(301, random: 0) == nil)
    }

    @Test func noWaitReachesTheDeadline() {
        let policy = RetryPolicy()
        #expect(
            policy.waitSeconds(afterAttempts: 1, random: 0.9, serverWaitSeconds: nil, remainingSeconds: 0.45) == nil)
        #expect(
            policy.waitSeconds(afterAttempts: 1, random: 0.9, serverWaitSeconds: nil, remainingSeconds: 0.46) == 0.45)
        #expect(
            RetryPolicy.none.waitSeconds(afterAttempts: 1, random: 0, serverWaitSeconds: 0, remainingSeconds: 9) == nil)
    }

    @Test func extremeSettingsDoNotTrap() {
        var policy = RetryPolicy()
        policy.attemptLimit = .max
        policy.firstCeilingSeconds = 0
        #expect(policy.waitSeconds(afterAttempts: 1000, random: 1, serverWaitSeconds: nil, remainingSeconds: 1) == 0)
        policy.firstCeilingSeconds = 1e300
        #expect(policy.waitSeconds(afterAttempts: 1000, random: 1, serverWaitSeconds: nil, remainingSeconds: 1e6) == 60)
    }
}
