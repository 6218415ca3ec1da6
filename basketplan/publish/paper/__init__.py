"""Printed papers: data made in Python, pages set by Typst templates beside it."""
