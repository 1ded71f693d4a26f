drive-pull --help
