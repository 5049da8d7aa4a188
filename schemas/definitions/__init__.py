"""The models of the definition language: what a definition may say."""
