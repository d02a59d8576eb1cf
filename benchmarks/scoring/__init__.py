"""Scoring tools against the labelled corpus: labels and packages -> reports -> figures -> tables."""
