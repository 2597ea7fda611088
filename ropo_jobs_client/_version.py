"""The version: a constant, since package metadata is absent where the library is vendored."""

__version__ = "0.1.0"
