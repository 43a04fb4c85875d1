"""The work of people on charts: review, charts, hand-over."""
