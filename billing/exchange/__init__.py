"""Brings a company's billing data in and out as CSV files; docs/import.md describes the files.

from billing.exchange import export_folder, import_folder
"""

from billing.exchange.exporting import FolderInUse, export_folder
from billing.exchange.importing import ImportReport, import_folder
from billing.exchange.problems import Problem
from billing.exchange.reading import Limits

__all__ = ["FolderInUse", "ImportReport", "Limits", "Problem", "export_folder", "import_folder"]
