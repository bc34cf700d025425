"""A brief as page, PDF, email, text and JSON.

Renderers choose how a fact looks, never what it says.
"""
