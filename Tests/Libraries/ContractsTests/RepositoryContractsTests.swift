import Contracts
import Testing

@Suite struct RepositoryContractsTests {
    /// compose/contracts of the repository that this file lies in.
    static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        + "/compose/contracts"

    @Test func allLoad() throws {
        let directory = try ContractDirectory.load(path: Self.folder)
        #expect(directory.contracts.count == 9)
    }
}
