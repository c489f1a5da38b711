"""Reward runs as folders beside a ledger: propose, contest, adjust, approve, correct, export, and look up."""
