"""Measures the whole product from outside, through its command line, against rsync and cp.

Needs nothing but Python's standard library and Linux. Invariant: nothing is written, generated or deleted while a clock
runs, except by what is measured.
"""
