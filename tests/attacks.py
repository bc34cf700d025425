"""What somebody may write where a name, a title, a statement or an address belongs."""

ATTACKS = [
    "</title><script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onmouseover="alert(1)', "' autofocus onfocus=alert(1) x='",
    "{{ 7 * 7 }}", "{% include 'x' %}", "{# gone #}", "#set page(width: 1pt)", "$ x $ #panic()", "<!--/top--><script>x</script>", "]]></title><x>",
    "javascript:alert(1)", "&amp;&lt;", "../../etc/passwd", "Ann\r\nBcc: all@evil.example", "Ann\nX-Evil: 1", "=?utf-8?q?Bcc:_x?=", "a\u2028b\u202ec",
    "%s %(x)s {0.__class__}", "\x00\x1b[31mred", "$(touch /tmp/owned) `id`",
]  # fmt: skip
