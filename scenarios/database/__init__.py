"""A database alone, under YCSB's core workloads; see README.md."""
