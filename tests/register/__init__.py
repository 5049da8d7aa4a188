"""The register with its dates: what schools were, what became of them, and the groups they belong to."""
