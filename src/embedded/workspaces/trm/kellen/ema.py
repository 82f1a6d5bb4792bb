# This file is never executed by a real Python: the pretend python3 of the embedded host only pretends to train.
raise SystemExit("ema.py: this workspace only pretends; there is nothing to train here")
