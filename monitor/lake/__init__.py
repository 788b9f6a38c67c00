"""The lake: a copy of cases, events, weighings, payments and decisions as Parquet, a file per month."""
