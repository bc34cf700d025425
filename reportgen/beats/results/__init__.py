"""Companies that will report results within a week."""
