"""Scripts that print figures with their conditions; run by hand, never by a test."""
