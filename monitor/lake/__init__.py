"""The lake: a copy of case versions, events, weighings and payments as Parquet, a file per month."""
