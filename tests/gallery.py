"""Charts in the manner of Altair's gallery, on the closes of two indexes."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

SESSIONS = 250


def charts(one, other):
    """The charts by name. *one* and *other* are closes by session."""
    d = pd.DataFrame(
        {
            "date": one.index[-SESSIONS:],
            "level": one.to_numpy()[-SESSIONS:],
            "other": other.to_numpy()[-SESSIONS:],
        }
    )
    d["change"] = d.level.pct_change().fillna(0)
    d["sign"] = np.where(d.change > 0, "Positive", "Negative")
    names = {"level": "S&P 500", "other": "Russell 2000"}
    long = d.melt("date", ["level", "other"], "series", "value").replace(names)
    base = alt.Chart(d)
    x = alt.X("date:T", title="Date")
    y = alt.Y("level:Q", title="Level").scale(zero=False)
    monthly = d.groupby(pd.Grouper(key="date", freq="MS"))["change"].sum().reset_index()
    return {
        "line": base.mark_line().encode(x, y),
        "area": base.mark_area(opacity=0.4).encode(x, alt.Y("level:Q", title="Level")),
        "step": base.mark_line(interpolate="step-after").encode(x, y),
        "two_series": alt.Chart(long)
        .mark_line()
        .encode(
            x,
            alt.Y("value:Q", title="Level").scale(type="log"),
            color=alt.Color("series:N", title="Index"),
        ),
        "bars_signed": alt.Chart(monthly)
        .mark_bar()
        .encode(
            x,
            alt.Y("change:Q", title="Change", axis=alt.Axis(format="+.1%")),
            color=alt.condition("datum.change > 0", alt.value("#0a0"), alt.value("#a00")),
        ),
        "scatter": base.mark_point().encode(
            alt.X("change:Q", title="Change", axis=alt.Axis(format="%")), y
        ),
        "scatter_reg": base.mark_point().encode(
            alt.X("level:Q", title="Level").scale(zero=False),
            alt.Y("other:Q", title="Level").scale(zero=False),
        )
        + base.mark_point()
        .transform_regression("level", "other")
        .mark_line()
        .encode(x="level:Q", y="other:Q"),
        "hist": base.mark_bar().encode(
            alt.X("change:Q", bin=alt.Bin(maxbins=30), title="Change", axis=alt.Axis(format=".2%")),
            alt.Y("count()", title="Count"),
        ),
        "heat": base.mark_rect().encode(
            alt.X("date(date):O", title="Day"),
            alt.Y("month(date):O", title="Month"),
            alt.Color("mean(change):Q", title="Change", legend=alt.Legend(format=".1%")),
        ),
        "box": base.mark_boxplot().encode(
            alt.X("month(date):O", title="Month"), alt.Y("change:Q", title="Change")
        ),
        "pie": base.mark_arc().encode(theta="count()", color=alt.Color("sign:N", title="Change")),
        "donut": base.mark_arc(innerRadius=50).encode(
            theta="count()", color=alt.Color("sign:N", title="Change")
        ),
        "stacked": base.mark_bar().encode(
            alt.X("yearmonth(date):T", title="Month"),
            alt.Y("count()", title="Count"),
            alt.Color("sign:N", title="Change"),
        ),
        "normalised": base.mark_area().encode(
            alt.X("yearmonth(date):T", title="Month"),
            alt.Y("count()", stack="normalize", title="Share", axis=alt.Axis(format="%")),
            alt.Color("sign:N", title="Change"),
        ),
        "grouped": alt.Chart(long)
        .mark_bar()
        .encode(
            x=alt.X("series:N", title="Index"),
            y=alt.Y("mean(value):Q", title="Level"),
            color=alt.Color("series:N", title="Index"),
            column=alt.Column("quarter(date):O", title="Quarter"),
        ),
        "facet_rows": alt.Chart(long)
        .mark_line()
        .encode(x, alt.Y("value:Q", title="Level").scale(zero=False))
        .properties(height=80)
        .facet(row=alt.Row("series:N", title="Index")),
        "facet_wrap": base.mark_line()
        .encode(x, y)
        .properties(height=60)
        .facet("quarter(date):O", columns=2),
        "hconcat": base.mark_line().encode(x, y)
        | base.mark_bar().encode(alt.X("sign:N", title="Change"), alt.Y("count()", title="Count")),
        "vconcat": base.mark_line().encode(x, y).properties(height=100)
        & base.mark_bar().encode(x, alt.Y("change:Q", title="Change")).properties(height=60),
        "repeat": base.mark_line()
        .encode(x, alt.Y(alt.repeat("row"), type="quantitative").scale(zero=False))
        .properties(height=60)
        .repeat(row=["level", "change"]),
        "window": base.transform_window(mean="mean(level)", frame=[-20, 0])
        .mark_line()
        .encode(x, alt.Y("mean:Q", title="Average").scale(zero=False))
        + base.mark_line(opacity=0.3).encode(x, y),
        "band": base.transform_window(m="mean(level)", s="stdev(level)", frame=[-20, 0])
        .transform_calculate(lo="datum.m-2*datum.s", hi="datum.m+2*datum.s")
        .mark_area(opacity=0.3)
        .encode(x, alt.Y("lo:Q", title="Band").scale(zero=False), y2="hi:Q"),
        "density": base.transform_density("change", as_=["change", "density"])
        .mark_area()
        .encode(alt.X("change:Q", title="Change"), alt.Y("density:Q", title="Density")),
        "dual": alt.layer(
            base.mark_line().encode(x, y),
            base.mark_line(color="red").encode(
                x, alt.Y("other:Q", title="Level").scale(zero=False)
            ),
        ).resolve_scale(y="independent"),
        "rules": base.mark_line().encode(x, y)
        + alt.Chart(pd.DataFrame({"date": ["2024-11-05"]}))
        .mark_rule(strokeDash=[4, 4])
        .encode(x="date:T"),
        "ticks": base.mark_tick().encode(
            alt.X("change:Q", title="Change", axis=alt.Axis(format=".1%"))
        ),
        "dots": alt.Chart(monthly)
        .mark_circle(size=80)
        .encode(
            alt.X("change:Q", title="Change", axis=alt.Axis(format=".2%")),
            alt.Y("yearmonth(date):O", title="Month", axis=alt.Axis(format="%b %y")),
        ),
        "candles": base.mark_rule().encode(
            x, alt.Y("level:Q", title="Price").scale(zero=False), alt.Y2("other:Q")
        ),
        "interval": base.mark_line().encode(x, y).add_params(alt.selection_interval()),
        "horizon": base.mark_area(clip=True)
        .encode(
            x,
            alt.Y("change:Q", title="Change", axis=alt.Axis(format=".2%", labelAngle=0)).scale(
                domain=[0, 0.02]
            ),
        )
        .properties(height=50),
        "errorband": base.mark_errorband(extent="ci").encode(
            alt.X("yearmonth(date):T", title="Month"),
            alt.Y("change:Q", title="Change", axis=alt.Axis(format=".2%")),
        ),
        "waterfall": alt.Chart(monthly)
        .transform_window(total="sum(change)")
        .transform_calculate(start="datum.total-datum.change")
        .mark_bar()
        .encode(
            alt.X("yearmonth(date):O", title="Month"),
            alt.Y("start:Q", title="Change", axis=alt.Axis(format="%")),
            y2="total:Q",
        ),
    }
