"""The code location: everything in defs/."""
import pathlib

import dagster as dg

from sluice_dagster import code_server

code_server.keep_watching()


@dg.definitions
def defs() -> dg.Definitions:
    return dg.load_from_defs_folder(path_within_project=pathlib.Path(__file__).parent)
