"""The way out: everything between an endpoint's request and its decoded answer. It knows no operation."""
