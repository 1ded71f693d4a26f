"""What every emulated service stands on: HTTP, faults, request log, admin routes, clock, lifetime. Knows no service."""
