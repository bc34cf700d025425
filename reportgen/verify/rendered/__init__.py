"""The check of finished files: each says the narrative, in its order, and nothing besides.

It shares no code with what writes the files.
"""

from reportgen.verify.rendered.data import data
from reportgen.verify.rendered.message import mail
from reportgen.verify.rendered.page import APPENDIX, page
from reportgen.verify.rendered.paper import pdf
from reportgen.verify.rendered.plain import plain

__all__ = ["APPENDIX", "data", "mail", "page", "pdf", "plain"]
