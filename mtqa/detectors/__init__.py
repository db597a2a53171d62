"""Only detectors live here: <rule_name>.py with its page <rule_name>.md beside it."""
