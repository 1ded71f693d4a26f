"""Sluice under Dagster: what the contracts say becomes assets, and every step is the script that cron calls."""
