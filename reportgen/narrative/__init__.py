"""From facts to prose.

Figures and dates as text, verbs by size, sentences by template, text with citations.
"""
