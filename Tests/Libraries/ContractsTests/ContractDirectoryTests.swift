import Contracts
import TestSupport
import Testing

@Suite struct ContractDirectoryTests {
    private func contract(_ name: String, _ properties: String) -> String {
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: \(name)
        version: 1.0.0
        status: active
        schema: [{name: \(name), properties: [\(properties)]}]
        """
    }

    @Test func contractsComeByFileNameAndOtherFilesAreLeft() throws {
        let folder = try TemporaryDirectory()
        try folder.write("b.odcs.yaml", text: contract("b", "{name: x, logicalType: string}"))
        try folder.write("a.odcs.yaml", text: contract("z", "{name: x, logicalType: string}"))
        try folder.write("README.md", text: "no contract")
        try folder.write("inner/c.odcs.yaml", text: "not: read")
        let directory = try ContractDirectory.load(path: folder.path)
        #expect(directory.contracts.map(\.id) == ["z", "b"])
        #expect(directory.find(dataset: "b")?.contract.file == folder.file("b.odcs.yaml"))
        #expect(directory.find(dataset: "a") == nil)
    }

    @Test func aFolderWithoutContractsIsAnError() throws {
        let folder = try TemporaryDirectory()
        #expect(
            throws: ContractError.unreadable(file: folder.path, reason: "there are no *.odcs.yaml files in it")
        ) { try ContractDirectory.load(path: folder.path) }
        #expect(throws: ContractError.self) { try ContractDirectory.load(path: folder.file("missing")) }
        #expect(throws: ContractError.self) { try Contract.load(path: folder.file("missing.odcs.yaml")) }
    }

    @Test(arguments: [
        (
            "{name: x, logicalType: string, relationships: [{to: c.x}]}", "{name: x, logicalType: string}",
            "there is no dataset c; add its contract or remove the relationship"
        ),
        (
            "{name: x, logicalType: string, relationships: [{to: b.y}]}", "{name: x, logicalType: string}",
            "b has no column y; correct the relationship"
        ),
        (
            "{name: x, logicalType: string, relationships: [{to: b.x}]}", "{name: x, logicalType: integer}",
            "x is VARCHAR and b.x BIGINT; give both the same type"
        ),
    ])
    func foreignKeysLeadSomewhere(_ left: String, _ right: String, _ message: String) throws {
        let folder = try TemporaryDirectory()
        try folder.write("a.odcs.yaml", text: contract("a", left))
        try folder.write("b.odcs.yaml", text: contract("b", right))
        let error = #expect(throws: ContractError.self) { try ContractDirectory.load(path: folder.path) }
        let target = try #require(left.split(separator: "to: ").last?.prefix { $0 != "}" })
        let column = "schema: [{name: a, properties: [".count + left.count - target.count - "}]}".count + 1
        #expect(
            error?.messages == [
                folder.file("a.odcs.yaml") + ":6:\(column): schema[a].properties[x].relationships[\(target)].to: "
                    + message
            ])
    }

    @Test func aDatasetHasOneContract() throws {
        let folder = try TemporaryDirectory()
        try folder.write("a.odcs.yaml", text: contract("x", "{name: x, logicalType: string}"))
        try folder.write("b.odcs.yaml", text: contract("X", "{name: x, logicalType: string}"))
        let error = #expect(throws: ContractError.self) { try ContractDirectory.load(path: folder.path) }
        #expect(error?.description.contains("b.odcs.yaml:6:10: schema[X]: ") == true)
        #expect(error?.description.contains("describes the same dataset; keep one of them") == true)
    }

    @Test func aReferenceNamesFileAndDataset() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("a.odcs.yaml", text: contract("a", "{name: x, logicalType: string}"))
        #expect(try Contract.load(reference: path).dataset.name == "a")
        #expect(try Contract.load(reference: path + "#a").dataset.name == "a")
        #expect(throws: ContractError.unknownDataset(file: path, name: "b", known: ["a"])) {
            try Contract.load(reference: path + "#b")
        }
    }
}
