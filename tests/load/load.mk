# Long runs against the running bot: real input, kills, speed.
.PHONY: replay-real kills bench surge schedules

N ?= 100

replay-real: .venv/.ready  ## 1,000 real messages as 200 people at 50 a second: prints counts and ages.
	$(if $(DATA),,$(error Say where the messages are: make replay-real DATA=folder))
	$(BIN)/python -m tests.load.replay_real $(DATA)

kills: .venv/.ready  ## kill -9 at random under load, N times.
	$(BIN)/python -m tests.load.kills --kills $(N)

bench: .venv/.ready  ## Beside a bare echo bot, in one run.
	$(BIN)/python -m tests.load.bench

surge: .venv/.ready  ## 300 people, 120 of them angry, in 20 minutes of virtual time, with Telegram's limits on.
	$(BIN)/python -m tests.load.surge

schedules: .venv/.ready  ## 10,000 generated schedules of the ladder; `make test` lives through 2,000.
	SCHEDULES=10000 $(BIN)/pytest tests/test_ladder_clocks.py
