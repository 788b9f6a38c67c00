"""The database: tables, transactions, migrations, the log, case versions, reads of open cases."""
