"""The rules that a programme must keep, by family; :mod:`basketplan.programme.check` applies them."""
