"""Every mapped class, imported once so that the metadata is whole."""

from backend.db.models import account, campaign, contact, feed, ledger, org, segment, sequence

__all__ = ["account", "campaign", "contact", "feed", "ledger", "org", "segment", "sequence"]
