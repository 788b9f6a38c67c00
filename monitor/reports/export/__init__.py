"""Events and cases as files for other programs: CSV, XES, OCEL. What is written here can be read again."""
