"""Pure functions on counts, each with its source; none decides anything about money."""

from .allocation import allocate_cents
from .chance import years_reached
from .change import began, cusum, cusum_of, evidence, evidence_of, foretold_tails, signal_limit
from .differences import RELIABLE, achievable_benchmark, is_topped_out, reliability
from .discovery import adjusted_p, discoveries
from .funnel import FunnelMethod, Overdispersion, funnel_limits, overdispersion_of
from .intervals import wilson_interval, wilson_limits
from .prior import Prior, fitted_prior
from .ranks import deciles, percentile_ranks
from .saving import Spending, saving_at, total_saving
from .shrinkage import ShrunkenRates, probability_above, shrunken_rates
from .small_numbers import suppress_small, suppressed

__all__ = [
    "RELIABLE",
    "FunnelMethod",
    "Overdispersion",
    "Prior",
    "ShrunkenRates",
    "Spending",
    "achievable_benchmark",
    "adjusted_p",
    "allocate_cents",
    "began",
    "cusum",
    "cusum_of",
    "deciles",
    "discoveries",
    "evidence",
    "evidence_of",
    "fitted_prior",
    "foretold_tails",
    "funnel_limits",
    "is_topped_out",
    "overdispersion_of",
    "percentile_ranks",
    "probability_above",
    "reliability",
    "saving_at",
    "shrunken_rates",
    "signal_limit",
    "suppress_small",
    "suppressed",
    "total_saving",
    "wilson_interval",
    "wilson_limits",
    "years_reached",
]
