"""The decisions. Only this folder imports ortools or numba."""
