"""Ruin and recreate: the search that makes routes."""
