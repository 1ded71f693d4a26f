"""Snowflake: SQL API v2 and the connectors' protocol, on fakesnow's engine."""
