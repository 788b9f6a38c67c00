"""Papers and files made from cases: lists as CSV and XLSX."""
