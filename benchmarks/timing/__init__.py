"""Timing whole processes: corpora and cases -> interleaved runs -> medians -> tables and bars."""
