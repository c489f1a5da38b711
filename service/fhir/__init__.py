"""Scores for other systems: FHIR R4 `Measure` and `MeasureReport`, made from what `formulary check` wrote."""

from .addresses import BASE, Addresses
from .measures import measure_of
from .reports import Made, Seen, report_of
from .written import Asked, Written, write_fhir

__all__ = ["BASE", "Addresses", "Asked", "Made", "Seen", "Written", "measure_of", "report_of", "write_fhir"]
