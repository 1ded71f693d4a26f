import Testing

@testable import Contracts

/// Each version of the standard has its own keys, and its own ways to say the same.
@Suite struct VersionTests {
    private static let columns = "[{name: x, logicalType: string}]"

    private func contract(_ version: String, _ more: String, columns: String = columns) throws(ContractError)
        -> Contract
    {
        let text = """
            apiVersion: \(version)
            kind: DataContract
            id: a
            version: 1.0.0
            schema: [{name: a, properties: \(columns)}]
            \(more)
            """
        return try Contract.parse(Array(text.utf8), name: "a.odcs.yaml")
    }

    @Test(arguments: ["v3.0.0", "v3.0.1", "v3.0.2"]) func version30HasAListOfMembers(version: String) throws {
        let contract = try contract(version, "status: active\nteam: [{username: ana, role: owner}]")
        #expect(contract.team?.members.map(\.username) == ["ana"])
        #expect(contract.apiVersion == version)
    }

    @Test(arguments: ["v3.1.0", "v3.2.0"]) func laterVersionsHaveATeam(version: String) throws {
        let contract = try contract(version, "status: active\nteam: {name: t, members: [{username: ana}]}")
        #expect(contract.team?.name == "t")
        #expect(contract.team?.members.map(\.username) == ["ana"])
    }

    /// What a version cannot say is an error with a place, in it and in those before it.
    @Test(arguments: [
        ("[{name: x, logicalType: timestamp, logicalTypeOptions: {timezone: false}}]", 1),
        ("[{name: x, logicalType: string, relationships: [{to: a.x}]}]", 1),
        ("[{name: x, logicalType: string, quality: [{id: q, metric: nullValues, mustBe: 0}]}]", 1),
        ("[{name: x, logicalType: string, enum: [{value: y}]}]", 2),
        ("[{name: x, logicalType: string, synonyms: [{synonym: y, source: header}]}]", 2),
        ("[{name: x, logicalType: map, physicalType: VARIANT}]", 2),
    ])
    func keysBelongToTheirVersions(columns: String, firstMinor: Int) throws {
        for minor in 0...2 {
            let version = minor == 0 ? "v3.0.2" : "v3.\(minor).0"
            do throws(ContractError) {
                _ = try contract(version, "status: active", columns: columns)
                #expect(minor >= firstMinor, "\(version) has \(columns)")
            } catch {
                #expect(minor < firstMinor, "\(error)")
                #expect(
                    error.messages.allSatisfy {
                        $0.hasPrefix("a.odcs.yaml:5:") && $0.contains("schema[a].properties[x]")
                    })
            }
        }
    }

    @Test func rulesOfVersion30AreNotRunHere() throws {
        let dataset = try contract(
            "v3.0.2", "status: active",
            columns: "[{name: x, logicalType: string, quality: [{name: no_repeats, rule: duplicateCount, mustBe: 0}]}]"
        ).dataset(named: nil)
        #expect(dataset.qualityRules.isEmpty)
        #expect(dataset.rulesNotRun == ["no_repeats"])
    }

    @Test func onlyVersion32NeedsNoStatus() throws {
        #expect(try contract("v3.2.0", "").status == nil)
        #expect(throws: ContractError.self) { try contract("v3.1.0", "") }
    }
}
