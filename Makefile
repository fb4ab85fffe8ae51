# SPDX-License-Identifier: GPL-2.0-only
#
# The front door. What is done is done by the scripts; `make help` lists it.

VARIANT ?= 4k
LINE ?= 6.12
export LINE

help: ## this list
	@awk -F ' *## *' '/^[a-z-]+:.*##/ { sub(/:.*/, "", $$1); printf "  make %-13s %s\n", $$1, $$2 }' Makefile

check: ## all tests; the last line is the count
	@tests/check.sh full

check-quick: ## the tests that need no kernel build, in under a minute
	@tests/check.sh quick

kernel: ## one kernel, from the cache if it is there (VARIANT=4k|stock LINE=6.12 KERNEL_SRC=DIR)
	@scripts/kernel.sh $(VARIANT) $(LINE)

patches: ## the line as a mailable series for git am, in build/series
	@scripts/series.sh patches

refresh: ## the stored patches again, from a worked-on kernel tree (DIR=, or the work tree)
	@scripts/series.sh refresh $(DIR)

clean: ## what was built in the clone
	@rm -rf build

distclean: clean ## that, and the cache: kernels, sources, package trees
	@scripts/distclean.sh

.PHONY: help check check-quick kernel patches refresh clean distclean
