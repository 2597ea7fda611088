"""The terminal program `ropo-jobs`. What it shows and does comes from `ropo_jobs_client`, which knows nothing of it."""
