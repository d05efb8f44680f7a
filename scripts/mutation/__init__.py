"""Mutation testing: plant one small mistake after the other, and see that a test notices each."""
