"""Recommendations for merchandisers: data, models, releases and shelves."""
