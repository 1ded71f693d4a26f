"""`python -m emulators SERVICE [options]`: one emulated service, until its parent ends."""

import sys

SERVICES = ("drive", "adls", "snowflake")
USAGE_ERROR = 64


def main(arguments):
    if not arguments or arguments[0] not in SERVICES:
        print(f"usage: python -m emulators {{{','.join(SERVICES)}}} [--help]", file=sys.stderr)
        return 0 if arguments and arguments[0] in ("-h", "--help") else USAGE_ERROR
    # Each service is imported only when it is the one that runs: some need an environment of their own.
    if arguments[0] == "drive":
        from .drive.drive_command import run
    elif arguments[0] == "adls":
        from .adls.adls_command import run
    else:
        from .snowflake.snowflake_command import run
    return run(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
