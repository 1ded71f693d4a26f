/// The part of `--help` that shows and explains.
enum PipesHelp {
    static let text = """
        EXAMPLES
          One step of the pipeline, as compose/dagster starts it:
            pipes-run --reports work/runs/$RUN -- scripts/run-pipeline --steps load
          Any command; a failure names what failed:
            pipes-run -- bash -o pipefail -c 'xlsx2ndjson a.xlsx | clean ...'

        WHAT IT DOES
          Under Dagster (DAGSTER_PIPES_CONTEXT and DAGSTER_PIPES_MESSAGES are set) it
          owns the Pipes session. Each line that the command writes to standard error
          is passed on and becomes a log message; "NAME: warning: ..." and lines of
          --log-format json keep their level. When the command has ended, the reports
          in DIR become materializations with metadata, row counts and asset checks,
          and a failure is told with its cause: which program, and why. Otherwise the
          command is run as if pipes-run were not there.
          The command does not see Dagster's variables. For a step over partitions it
          has PIPES_PARTITION_FIRST and PIPES_PARTITION_LAST; a step over a range
          passes extras={"range": [first, last]}, for Dagster leaves its own keys null.

        STOPPING
          SIGINT, SIGTERM and SIGHUP go to the command's whole process group; what is
          left of it after 5 seconds gets SIGTERM, after 5 more SIGKILL.

        REPORTS
          Reports of the programs (--report), and the lines raw.ndjson,
          processed.ndjson, loaded.ndjson and steps.ndjson of a run's folder. The
          extras say which asset is which: {"assets": {"lnd/orders": {"step": "load",
          "dataset": "orders", "checks": ["deliveries_good"], "max_rejects": "5%"}}}.
          Checks without new evidence are not reported. An asset that is not named
          there gets the counts of all reports.

        EXIT STATUS
          The command's own; 128+n after a signal, 127 when there is no such command;
          74 when Dagster cannot be told, 78 when its variables are wrong.
        """
}
