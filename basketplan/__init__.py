"""basketplan plans solidarity basket programmes."""
