"""The endpoint functions of one tag."""
