"""Stand-ins for the cloud services, on loopback, for tests: `python -m emulators SERVICE`."""
