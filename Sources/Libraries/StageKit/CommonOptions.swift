package import ArgumentParser

/// The options that every program has.
package struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How messages on standard error look.", valueName: "text|json"))
    package var logFormat: LogFormat = .text

    @Flag(name: .shortAndLong, help: "Say more.")
    package var verbose = false

    @Flag(name: .shortAndLong, help: "Say only what went wrong.")
    package var quiet = false

    @Option(help: ArgumentHelp("When to show the progress line.", valueName: "auto|always|never"))
    package var progress: ProgressMode = .auto

    @Option(help: ArgumentHelp("Write what was done as one JSON object.", valueName: "file"))
    package var report: String?

    package init() {}

    package func log(program: String) -> Log {
        Log(
            program: program, format: logFormat, threshold: verbose ? .detail : quiet ? .error : .info,
            progress: quiet && progress == .auto ? .never : progress)
    }
}
