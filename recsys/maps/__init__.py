"""Pictures of a space: where its products or shoppers lie, and in which groups."""
