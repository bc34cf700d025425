"""The best or worst day since an earlier one."""
