"""Reading and writing of values: pure functions, standard library only."""
