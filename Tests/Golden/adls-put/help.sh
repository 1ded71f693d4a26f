adls-put --help
