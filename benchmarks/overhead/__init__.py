"""What recording costs a training, beside other tools, in one run of mixed order: `python -m benchmarks.overhead`."""
