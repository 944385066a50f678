"""How the universal weights are trained: in PyTorch, which takes a third of Paddle's time for it on a CPU.

No part of the program: nothing imports it, and nobody needs it to paint. `requirements-laboratory.txt` has what it runs
on; docs/training-log.md what it was run with.
"""
