import Testing

@testable import Contracts

/// Faults of the file, of the schema object and of its settings.
@Suite struct BadContractsTests {
    @Test(arguments: top + settings + columns)
    func isRefusedWithPlaceAndRemedy(_ fault: Fault) throws { try fault.check() }

    static let top: [Fault] = [
        Fault(
            "id: sales\n", "id: &a sales\n",
            .at(
                3, 5, "", "anchors are not allowed in contracts",
                "write the value out where it is needed")),
        Fault(
            "version: 1.2.3", "version: *a",
            .at(
                4, 10, "", "aliases are not allowed in contracts",
                "write the value out")),
        Fault(
            "version: 1.2.3", "version: !!str 1.2.3",
            .at(
                4, 10, "", "tags are not allowed in contracts",
                "remove it")),
        Fault(
            "status: active", "id: again",
            .at(
                5, 1, "", "the key id is there twice",
                "keep one of them")),
        Fault(
            "status: active", "status: [active",
            .at(
                6, 12, "", "this is no YAML: did not find expected ',' or ']'",
                "check indentation, quotes and brackets")),
        Fault(
            "status: active", "[a]: b",
            .at(
                5, 1, "", "a key must be a single value, not a list",
                "write a name")),
        Fault(
            "slaProperties: [", "---\nslaProperties: [",
            .at(
                77, 1, "", "a second document begins here",
                "keep one contract per file")),
        Fault(
            "apiVersion: v3.1.0", "apiVersion: v2.2.0",
            .at(
                1, 13, "apiVersion", "v2.2.0 is not known",
                "write one of v3.0.0, v3.0.1, v3.0.2, v3.1.0, v3.2.0")),
        Fault(
            "kind: DataContract", "kind: Contract",
            .at(
                2, 7, "kind", "Contract is none of the choices",
                "write DataContract")),
        Fault(
            "id: sales\n", "id: \"\"\n",
            .at(
                3, 5, "id", "is empty",
                "give it a value")),
        Fault(
            "version: 1.2.3", "version: 1.2",
            .at(
                4, 10, "version", "1.2 is read as a number by YAML tools, not as a text",
                "put it in quotes")),
        Fault(
            "status: active", "statsu: active",
            .at(
                1, 1, "status", "is missing",
                "add it"),
            .at(
                5, 1, "statsu", "there is no such key",
                "did you mean status?")),
        Fault(
            "name: sales\n", "name: sales-2018\n",
            .at(
                8, 11, "schema[sales-2018].name", "sales-2018 is no name for tables and columns",
                "use a letter, then letters, digits and _, 128 at most; a leading _ is reserved")),
        Fault(
            "name: sales\n", "name: sales\n    physicalName: SALES\n",
            .at(
                9, 19, "schema[sales].physicalName", "differs from name",
                "remove it: tables and columns are called by their name")),
        Fault(
            "role: ANALYST", "name: ANALYST",
            .at(
                76, 9, "roles[0].role", "is missing",
                "add it")),
    ]

    static let settings: [Fault] = [
        Fault(
            "files: [\"**/sales*.xlsx\"]", "files: [\"a**b\"]",
            .at(
                15, 43, "schema[sales].source.files[0]", "a**b has ** within a name",
                "correct the pattern")),
        Fault(
            "files: [\"**/sales*.xlsx\"]", "file: [\"a\"]",
            .at(
                15, 35, "schema[sales].source.files", "is missing",
                "say which files hold the dataset"),
            .at(
                15, 36, "schema[sales].source.file", "there is no such key",
                "did you mean files?")),
        Fault(
            "\"Sales*\", 1", "\"Sales*\", 0",
            .at(
                15, 81, "schema[sales].source.sheet[1]", "0 is no position of a sheet",
                "count from 1, or put a name in quotes")),
        Fault(
            "header: 3", "header: first",
            .at(
                15, 93, "schema[sales].source.header", "says no header",
                "write auto, none, or the number of the header's row")),
        Fault(
            "range: \"A1:H99\"", "range: \"A1\"",
            .at(
                15, 103, "schema[sales].source.range", "A1 is no range of cells",
                "write two corners, as in A1:H99")),
        Fault(
            "rulesVersion: 1", "rulesVersion: 2",
            .at(
                18, 25, "schema[sales].cleaning.rulesVersion", "2 is not known to this program",
                "write 1")),
        Fault(
            "nullTokens: [\"\", \"NULL\"]", "nullTokens: [\"\", NULL]",
            .at(
                19, 28, "schema[sales].cleaning.nullTokens[1]", "NULL is read as null by YAML tools, not as a text",
                "put it in quotes")),
        Fault(
            "ops: [nfc, trim]", "ops: [nfc, trimm]",
            .at(
                20, 22, "schema[sales].cleaning.ops[1]", "trimm is no operation",
                "write one of nfc, nfkc, controlStrip, trim, squeeze, lower, upper, fixMojibake")),
        Fault(
            "unknownColumns: freeze", "unknownColumns: evolve",
            .at(
                22, 27, "schema[sales].cleaning.unknownColumns", "evolve is none of the choices",
                "write rescue, freeze, discard")),
        Fault(
            "missingColumns: reject", "missingColumns: null",
            .at(
                23, 27, "schema[sales].cleaning.missingColumns", "null is read as null by YAML tools, not as a text",
                "put it in quotes")),
        Fault(
            "keys: [sale_id], keep", "keys: [sale], keep",
            .at(
                24, 26, "schema[sales].cleaning.dedupe.keys", "there is no column sale",
                "name a property of this schema object")),
        Fault(
            "orderBy: [sold_at], ties: lastSeen", "ties: lastSeen",
            .at(
                24, 19, "schema[sales].cleaning.dedupe", "keep: latest and orderBy belong together",
                "say by which columns rows are newer, or keep first or last")),
        Fault(
            "codec: zstd", "codec: brotli",
            .at(
                25, 44, "schema[sales].parquet.codec", "brotli is none of the choices",
                "write zstd, gzip, none")),
        Fault(
            "encoding: {amount: plain}", "encoding: {amounts: plain}",
            .at(
                25, 108, "schema[sales].parquet.encoding.amounts", "there is no such key",
                "did you mean amount?")),
        Fault(
            "maxRejects: 10", "maxRejects: 10%%",
            .at(
                26, 47, "schema[sales].guard.maxRejects", "10%% is no limit",
                "write a number of rows, or a share such as \"5%\"")),
        Fault(
            "maxShrink: \"12.5%\"", "maxShrink: \"120%\"",
            .at(
                26, 62, "schema[sales].guard.maxShrink", "120% is no share",
                "write it as \"80%\"")),
        Fault(
            "property: precision, value: 12", "property: source, value: 12",
            .at(
                53, 24, "schema[sales].properties[amount].customProperties[source].property",
                "source has no meaning here",
                "move it to the schema object")),
    ]

    static let columns: [Fault] = [
        Fault(
            "name: pieces", "name: Status",
            .at(
                63, 15, "schema[sales].properties[Status].name", "Status and status are the same name",
                "rename one of them")),
        Fault(
            "[\"Sale No.\"]", "[\"Status\"]",
            .at(
                39, 30, "schema[sales].properties[sale_id].cleaning.aliases", "Status is the name of status",
                "remove it")),
        Fault(
            "primaryKeyPosition: 1", "primaryKeyPosition: 2",
            .at(
                35, 29, "schema[sales].properties[sale_id].primaryKeyPosition", "the positions of the key are 2",
                "number them from 1 without holes")),
        Fault(
            "required: true\n        unique", "unique",
            .at(
                33, 21, "schema[sales].properties[sale_id].primaryKey", "a part of the key may be null",
                "add required: true")),
        Fault(
            "unique: true", "unique: yes",
            .at(
                33, 17, "schema[sales].properties[sale_id].unique", "is no boolean",
                "write true or false, without quotes")),
        Fault(
            "required: true", "requierd: true",
            .at(
                32, 9, "schema[sales].properties[sale_id].requierd", "there is no such key",
                "did you mean required?"),
            .at(
                34, 21, "schema[sales].properties[sale_id].primaryKey", "a part of the key may be null",
                "add required: true")),
    ]
}
