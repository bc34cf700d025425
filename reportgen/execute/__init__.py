"""Running a notebook: papermill, its time limits, and what becomes of its failures."""
