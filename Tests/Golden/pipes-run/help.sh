pipes-run --help
