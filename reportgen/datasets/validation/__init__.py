"""What is wrong with market data, and what may stand.

`judging` is the one door: it holds evidence against all rules and gives their findings. A rule is a
small function that yields what it finds, beside others that look at the same thing: `rows` and
`series` at one series, `together` at several, `rates`, `futures`, `intraday`, `meetings` and
`sources` at the rest. `finding` gives a finding its severity; `accepting` says what it does.
"""
