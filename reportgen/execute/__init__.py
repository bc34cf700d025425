"""Running a notebook: papermill, its time limits, and its failures."""
