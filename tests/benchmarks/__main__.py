"""Every benchmark, one table each: ratios against a baseline of the same run."""

from tests.benchmarks import memory, notifications, retrieval, sending, telegram, turns

for part in (retrieval, turns, telegram, sending, notifications, memory):
    print((part.__doc__ or "").strip().splitlines()[0])
    part.main()
    print()
