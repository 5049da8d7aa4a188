"""Measurements, as ratios within one run: machines differ, ratios less. `make bench` prints them."""
