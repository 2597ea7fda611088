"""What this library costs, beside what it is measured against, in one run: `make bench`."""
