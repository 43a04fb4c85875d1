"""Rolls of film: their frames, marks and addresses, and what can be told of each."""
