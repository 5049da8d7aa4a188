"""The only code that knows the inside of warehouse/."""
