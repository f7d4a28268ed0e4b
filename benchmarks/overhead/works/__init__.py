"""What is done while a tool records: each module has `measured(begin, tool, folder, parameters)`."""
