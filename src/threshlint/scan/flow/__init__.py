"""The score-flow graph: facts of all files joined, and values and demands carried through it."""
