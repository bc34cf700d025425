"""The highest or lowest close since an earlier one."""
