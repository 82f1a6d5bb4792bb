# This file is never executed by a real Python: the pretend python3 of the embedded host knows it by name.
raise SystemExit("check_model.py: this workspace only pretends; there is nothing to run here")
