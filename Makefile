# SPDX-License-Identifier: GPL-2.0-only
#
# The front door. What is done is done by the scripts; `make help` lists it.

VARIANT ?= cohmem
LINE ?= 6.12
MACHINE ?= grace
TEST ?= ram
POLICY ?=
export LINE

# A value as one word, whatever is in it.
quote = '$(subst ','\'',$(1))'

help: ## this list
	@awk -F ' *## *' '/^[a-z-]+:.*##/ { sub(/:.*/, "", $$1); printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@bash -c '. scripts/list.sh; list_rows rig/jobs.list job what' | awk -F '|' '{ printf "    TEST=%-11s %s\n", $$1, $$2 }'

demo: ## the stock kernel against cohmem's: in a VM, as RAM and as a GPU
	@rig/demo.sh

bench: ## what stage-2 faults cost, against the stock kernel (PEERS=1: and the newest)
	@rig/bench.sh

check: ## all tests; the last line is the count
	@tests/check.sh check

check-full: ## all that, and what takes long: 64 KiB pages, all machines and kernels
	@tests/check.sh full

check-quick: ## the tests that need no kernel build, in two minutes
	@tests/check.sh quick

kernel: ## one kernel, from the cache if it is there (VARIANT=cohmem|cohmem-64k|cohmem-debug|stock|selftests LINE=6.12 KERNEL_SRC=DIR)
	@scripts/kernel.sh $(call quote,$(VARIANT)) $(call quote,$(LINE))

test: ## one test on one machine (MACHINE=grace|lpa2|no-dic|no-fwb|mte|nvhe|protected VARIANT=cohmem POLICY=declared|strict|any|off TEST=JOB, see below, or a selftest as NAME:ARG)
	@rig/test.sh $(call quote,$(MACHINE)) $(call quote,$(VARIANT)) $(call quote,$(TEST)) $(call quote,$(POLICY))

shell: ## an interactive emulated host (MACHINE= VARIANT=)
	@rig/test.sh $(call quote,$(MACHINE)) $(call quote,$(VARIANT)) shell

soak: ## the stress test for MINUTES=, on the debug kernel (SEED=)
	@tests/machines/soak.sh $(call quote,$(MINUTES))

mutants: ## tests of the tests: kernels that are wrong in one place each (ONLY=pattern)
	@tests/machines/mutants.sh

patches: ## the line as a mailable series for git am, in build/series
	@scripts/series.sh patches

refresh: ## the stored patches again, from a worked-on kernel tree (DIR=, or the work tree)
	@scripts/series.sh refresh $(if $(DIR),$(call quote,$(DIR)))

clean: ## what was built in the clone
	@rm -rf build

distclean: clean ## that, and the cache: kernels, sources, package trees
	@scripts/distclean.sh

.PHONY: help demo bench check check-full check-quick kernel test shell soak mutants patches refresh clean distclean
