# The fault programme. `make test` runs its short version.
.PHONY: faults

faults: .venv/.ready  ## Everything broken on purpose, long; writes docs/reliability.md (THEMES: only these; SEED).
	nice $(BIN)/python -m tests.faults $(THEMES) $(if $(SEED),--seed $(SEED)) --write docs/reliability.md
