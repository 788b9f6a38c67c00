"""The weekly compliance report: one frame of figures, put on paper in four formats."""
