"""The endpoint functions, a module for each operation."""
