"""The report case: two districts whose returns add up to the figures that their printed reports give."""
