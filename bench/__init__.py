"""What the project costs, measured: each folder is a command of its own that writes its table into docs/benchmarks.md."""
