# The fault programme. `make test` runs its short version.
.PHONY: faults

faults: .venv/.ready  ## Everything broken on purpose, long; writes docs/reliability.md (THEMES: only these; SEED; KILLS: how many).
	nice $(BIN)/python -m tests.faults $(THEMES) $(if $(SEED),--seed $(SEED)) $(if $(KILLS),--count kills=$(KILLS)) --write docs/reliability.md
