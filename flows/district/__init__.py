"""What is said of the whole district: coverage, sums, targets and evaluations, as findings of checks at that level."""
