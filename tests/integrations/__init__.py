"""What is recorded of each framework, by the real framework."""
