"""ServiceTitan: reading customers, jobs, appointments, memberships and reports, and putting appointments on hold.

Written against ServiceTitan's OpenAPI documents. Start with `ServiceTitanClient.connect`, then `tenant(account)`.
"""

from workers.providers.servicetitan import feeds, models
from workers.providers.servicetitan.auth import API_URLS, AUTH_URLS, Account, Environment, account_of
from workers.providers.servicetitan.check import Check
from workers.providers.servicetitan.client import ServiceTitanClient, Tenant
from workers.providers.servicetitan.errors import (
    Ambiguous,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    RateLimited,
    ServiceTitanError,
    Unauthorized,
    Unavailable,
)
from workers.providers.servicetitan.holds import CAN_RETRY, HoldCode, HoldOutcome, ReleaseOutcome
from workers.providers.servicetitan.limits import Limit, Limiter, LocalLimiter
from workers.providers.servicetitan.pages import ExportPage, Page
from workers.providers.servicetitan.reports import Report, ReportCategory, ReportPage, ReportSummary
from workers.providers.servicetitan.wire import NONE, ORDINARY, Patience

__all__ = [
    "API_URLS",
    "AUTH_URLS",
    "CAN_RETRY",
    "NONE",
    "ORDINARY",
    "Account",
    "Ambiguous",
    "Check",
    "Conflict",
    "Environment",
    "ExportPage",
    "Forbidden",
    "HoldCode",
    "HoldOutcome",
    "Invalid",
    "Limit",
    "Limiter",
    "LocalLimiter",
    "NotFound",
    "Page",
    "Patience",
    "RateLimited",
    "ReleaseOutcome",
    "Report",
    "ReportCategory",
    "ReportPage",
    "ReportSummary",
    "ServiceTitanClient",
    "ServiceTitanError",
    "Tenant",
    "Unauthorized",
    "Unavailable",
    "account_of",
    "feeds",
    "models",
]
