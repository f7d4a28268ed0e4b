"""The fault harness: processes that record and a process that keeps, what befalls them, and who judges what is left."""
