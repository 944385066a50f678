# Everything a developer does. Nothing needs to be installed by hand but Python with venv: the environment is made when
# it is missing and refreshed when the requirements change.

BIN := .venv/bin
PYTHON3 ?= python3
PHOTO ?= assets/samples/cat.jpg
STYLE ?= great-wave
PAINTED ?= out/$(basename $(notdir $(PHOTO)))-$(STYLE).jpg

.DEFAULT_GOAL := help
.PHONY: help stylize run test bench bench-noise bench-packs bench-pictures bench-translation bench-window lint graphs pictures screenshots format runtime development python

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

stylize: runtime ## paint a sample photo (PHOTO=my.jpg STYLE=starry-night)
	@$(BIN)/python tools/system_libraries.py painting
	@mkdir -p out
	@$(BIN)/python -m terminal stylize "$(PHOTO)" --style "$(STYLE)" --output "$(PAINTED)"
	@echo "The picture is in $(abspath $(PAINTED))"

run: runtime ## open the window
	@$(BIN)/python tools/system_libraries.py painting
	@$(BIN)/python tools/system_libraries.py window
	@$(BIN)/python ui.py

test: lint ## check everything: lint, types, import contracts, and all tests
	@$(BIN)/python tools/system_libraries.py painting
	@$(BIN)/python tools/system_libraries.py training
	$(BIN)/python -m pytest --numprocesses logical --maxprocesses 2 --dist loadfile --no-loadscope-reorder

lint: development ## check format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy -p tools
	$(BIN)/lint-imports

format: development ## format the code, and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: development ## measure speed and memory, and print the table
	$(BIN)/python -m benchmarks

bench-window: development ## measure how long the window keeps its user waiting
	$(BIN)/python benchmarks/window.py

bench-noise: development ## measure the noise and blur workshop
	$(BIN)/python -m benchmarks.noise

bench-translation: development ## measure translation by CycleGAN
	$(BIN)/python -m benchmarks.translation

bench-packs: development ## compare the style packs that ship with the universal model, on photos that they never saw
	$(BIN)/python -m benchmarks.pack_quality

bench-pictures: development ## measure how well pictures are painted, beside the nearest peer
	$(BIN)/python -m benchmarks.picture_quality --peer

graphs: development ## export the networks' graphs anew, and list their hashes
	$(BIN)/python -m lapstyle.graphs
	$(BIN)/python -m cyclegan.graphs
	$(BIN)/python -m lapstyle.gallery_statistics
	$(BIN)/python -m weights

pictures: runtime ## make the pictures of README and documents anew
	$(BIN)/python -m tools.contact_sheet docs/images
	$(BIN)/python -m tools.noise_sheet docs/images

screenshots: runtime ## photograph the real window for README and guide (needs a Chinese font)
	$(BIN)/python -m tools.screenshots docs/images

runtime: python
	@$(PYTHON3) tools/environment.py requirements.txt

development: python
	@$(PYTHON3) tools/environment.py requirements-dev.txt
	@$(PYTHON3) tools/environment.py requirements-oracle.txt --no-deps

python:
	@command -v "$(PYTHON3)" > /dev/null || { echo "Python 3.11 or newer is needed. On Debian and Ubuntu: sudo apt install python3 python3-venv"; exit 1; }
