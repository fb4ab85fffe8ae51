# SPDX-License-Identifier: GPL-2.0-only
#
# The front door. What is done is done by the scripts; `make help` lists it.


help: ## this list
	@awk -F ' *## *' '/^[a-z-]+:.*##/ { sub(/:.*/, "", $$1); printf "  make %-13s %s\n", $$1, $$2 }' Makefile

check: ## all tests; the last line is the count
	@tests/check.sh full

check-quick: ## the tests that need no kernel build, in under a minute
	@tests/check.sh quick

clean: ## what was built in the clone
	@rm -rf build

.PHONY: help check check-quick clean
