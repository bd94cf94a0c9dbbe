"""First responder."""
