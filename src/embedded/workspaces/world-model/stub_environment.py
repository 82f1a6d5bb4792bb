# This file is never executed by a real Python: it is imported by tests that the pretend pytest of the embedded host reads and does not run.
raise SystemExit("stub_environment.py: this workspace only pretends; there is nothing here")
