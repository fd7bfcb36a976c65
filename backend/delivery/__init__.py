"""Scheduling and sending: the ledger of mails, the door, and the workers that pass it."""
