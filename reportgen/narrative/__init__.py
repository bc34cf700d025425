"""From facts to prose: figures and dates as text, verbs by size, sentences by template, text with citations."""
