"""Synthetic workbooks of an online shop, with the truth that was in them before people touched them.

The package is read in this order: schema (the eight datasets), world (a shop's truth), days (what changes from one
delivery to the next), layout (which file holds which rows), mess and faults (what people do to cells and rows), plan
(rows of a sheet, cell by cell), workbook (plan to .xlsx), truth (what a cleaner must find), command (the options).
"""
