# %% tags=["parameters"]
rows = 12

# %% [markdown]
# # The trees of the park
#
# The gardeners measured the trees in two autumns. The *oaks* grew least.

# %%
import altair as alt
import pandas as pd

trees = pd.read_csv("trees.csv").sort_values("metres", ascending=False).head(rows)

# %% tags=["figure"]
alt.Chart(trees, title="The poplars are the tallest").mark_bar().encode(
    x=alt.X("metres", title="Metres"),
    y=alt.Y("tree", title=None, sort="-x"),
)

# %% tags=["table"]
trees.rename(columns={"tree": "Tree", "metres": "Metres", "grown": "Grown in a year"}).set_index(
    "Tree"
)
