"""Facts → filings, one module a return or a few."""
