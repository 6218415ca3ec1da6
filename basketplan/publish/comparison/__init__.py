"""The comparison of scenarios as one page that opens offline: figures, charts, people. It holds no household."""

from basketplan.publish.comparison.page import comparison_html

__all__ = ["comparison_html"]
