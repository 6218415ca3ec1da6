"""Seeded made-up programmes for tests, examples and benchmarks. Nothing here needs the network.

:func:`small_programme` makes tiny random programmes that use every feature; :func:`synthesise` makes programmes like
the reference one (4,000 households in greater Casablanca and Agadir) of any size; :func:`write_programme` writes them
as the YAML and CSV that a person would write. Places and census figures are real, all cooperatives and households are
invented.
"""

from basketplan.synthetic.reference import Made, synthesise
from basketplan.synthetic.small import small_programme
from basketplan.synthetic.written import write_programme

__all__ = ["Made", "small_programme", "synthesise", "write_programme"]
