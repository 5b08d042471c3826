"""Every benchmark, one table each: ratios against a baseline of the same run."""

from tests.benchmarks import memory, retrieval, telegram, turns

for part in (retrieval, turns, telegram, memory):
    print((part.__doc__ or "").strip().splitlines()[0])
    part.main()
    print()
