"""Reads: files people bring, complaints, editions, and what is known of communities."""
