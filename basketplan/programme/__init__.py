"""What the user writes: schema, YAML with places, overrides, checks."""
