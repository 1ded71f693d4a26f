import Bytes
import Contracts
import StageKit

/// `--include` and `--exclude`: which files of a source this run is about.
struct NameFilter {
    private let include: [Glob]
    private let exclude: [Glob]

    /// A pattern that is none is a usage error.
    init(include: [String], exclude: [String]) throws(StageFailure) {
        self.include = try Self.globs(include, option: "--include")
        self.exclude = try Self.globs(exclude, option: "--exclude")
    }

    /// Whether a path below the root passes. A pattern without "/" is compared with the file's name alone.
    func admits(_ drivePath: String) -> Bool {
        let isIncluded = include.isEmpty || include.contains { Self.matches($0, drivePath) }
        return isIncluded && !exclude.contains { Self.matches($0, drivePath) }
    }

    private static func matches(_ glob: Glob, _ drivePath: String) -> Bool {
        glob.matches(glob.text.utf8.contains(0x2F) ? drivePath : FileSystem.name(of: drivePath))
    }

    private static func globs(_ texts: [String], option: String) throws(StageFailure) -> [Glob] {
        var globs: [Glob] = []
        for text in texts {
            do throws(GlobError) {
                globs.append(try Glob(text))
            } catch {
                throw .usage("\(option) \(text): \(error.description)")
            }
        }
        return globs
    }
}
