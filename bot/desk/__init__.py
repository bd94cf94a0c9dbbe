"""The desk: what people in the staff group see, and what they do with cases."""
