"""Written by `make generate` from openapi.yaml. Never edited by hand."""
