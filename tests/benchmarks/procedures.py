"""Which procedure, which aspect: questions made from the names of a portal's export, asked with and without marks.

    python -m tests.benchmarks.procedures EXPORT.jsonl [--set development|final] [--each 2] [--wrong N]

EXPORT.jsonl has the national portal's own field names; it is read where it lies. The names are shortened and reworded by
rule; the two sets have different wordings and draw different procedures, and nothing was fitted on the set "final".
"""
