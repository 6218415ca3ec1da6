"""What comes out: the plan, its figures, its independent check."""
