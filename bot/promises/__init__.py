"""Time as people mean it: business hours, what is promised by when, and how long it takes."""
