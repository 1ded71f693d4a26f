import StageKit

extension ADLSPut {
    /// The variable that chooses `--auth` for all calls of a script.
    static let authVariable = "SLUICE_ADLS_AUTH"

    /// How the lake is reached, by the options and the environment.
    func lakeSettings(_ log: Log) throws(StageFailure) -> LakeSettings {
        var settings = LakeSettings(log: log)
        guard (1...LakeSettings.jobsLimit).contains(jobs) else {
            throw .usage("--jobs is from 1 to \(LakeSettings.jobsLimit)")
        }
        guard blockBytes.byteCount <= LakeSettings.blockByteLimit else {
            throw .usage("--block-bytes is at most \(ByteSize(LakeSettings.blockByteLimit))")
        }
        settings.jobs = jobs
        settings.blockByteCount = blockBytes.byteCount
        settings.contentMD5 = contentMD5 ?? .auto
        // Reports tell the SHA-256 of what was written.
        settings.contentSHA256 = contentSHA256 ?? (common.report == nil ? .auto : .always)
        if let endpoint { settings.endpoint = endpoint }
        if let auth {
            settings.auth = auth
        } else if let name = Environment.value(Self.authVariable) {
            guard let method = AuthMethod(rawValue: name) else {
                throw .badConfiguration("\(Self.authVariable) is \(name): --help shows what --auth may be")
            }
            settings.auth = method
        }
        return settings
    }

    /// What is kept beside each file, as far as the options say it.
    func attributes() throws(StageFailure) -> LakeAttributes {
        var attributes = LakeAttributes(contentType: contentType)
        let byteLimit = LakeAttributes.givenByteLimit
        guard metadata.reduce(0, { $0 + $1.utf8.count }) <= byteLimit else {
            throw .usage("--metadata: more than \(byteLimit) bytes in all")
        }
        for pair in metadata {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, LakeAttributes.isName(parts[0]) else {
                throw .usage("--metadata \(pair): not NAME=VALUE with a name of lower-case letters and digits")
            }
            guard !AzureFile.ownNames.contains(parts[0]) else {
                throw .usage("--metadata \(parts[0]): adls-put keeps this itself")
            }
            attributes[parts[0]] = parts[1]
        }
        return attributes
    }
}
