"""How far and how long: straight line with detour, only the blocks that are needed."""
