"""A reader's book of holdings: its value and changes, contributions, currencies, concentration."""
