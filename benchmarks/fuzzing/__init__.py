"""Fuzzing the scan: inputs that nobody would write, and the laws that hold for each of them."""
