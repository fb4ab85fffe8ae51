# SPDX-License-Identifier: GPL-2.0-only
#
# The front door. What is done is done by the scripts. They read the variables of a
# command (LINE=, MACHINE= and so on) from their environment, into which make puts them. A line
# with such a variable begins with exec: a signal to make goes to the shell that make starts, and
# has to reach the script.
# Behind the | are those that a command has; scripts/help.sh says what they can be.

ifdef HELP

$(or $(MAKECMDGOALS),help):
	@scripts/help.sh $@

else

help: ## this list; make COMMAND HELP=1 says more of one
	@scripts/help.sh

demo: ## the stock kernel against cohmem's: in a VM, as RAM and as a GPU | LINE MACHINE KERNEL_SRC
	@rig/demo.sh

bench: ## what stage-2 faults cost, against the stock kernel; what a VM's RAM costs | LINE PEERS KERNEL_SRC
	@rig/bench.sh

check: ## the tests that fit into an hour; the last line is the count | LINE KERNEL_SRC
	@tests/check.sh check

check-full: ## all that, and what takes long: 64 KiB pages, all machines and kernels | ONLY LINE KERNEL_SRC
	@tests/check.sh full

check-quick: ## the tests that build and boot no kernel, in five minutes | LINE
	@tests/check.sh quick

kernel: ## one kernel, from the cache if it is there | VARIANT LINE KERNEL_SRC
	@exec scripts/kernel.sh "$${VARIANT-cohmem}"

selftests: ## the KVM selftests, ours and the kernel's own, from the cache | LINE KERNEL_SRC
	@scripts/selftests.sh

test: ## one test on one machine | TEST MACHINE VARIANT POLICY LINE KERNEL_SRC
	@exec rig/test.sh "$${TEST-ram}"

shell: ## an interactive emulated host | MACHINE VARIANT POLICY LINE KERNEL_SRC
	@rig/test.sh shell

soak: ## the stress test for so many minutes, on the debug kernel | MINUTES SEED LINE KERNEL_SRC
	@exec tests/machines/soak.sh "$$MINUTES"

mutants: ## tests of the tests: kernels that are wrong in one place each | ONLY LINE KERNEL_SRC
	@tests/machines/mutants.sh

tool: ## cohmem, the operator's command, in build/tool
	@scripts/tool.sh

deb: ## Debian packages of the kernels and of the operator's command, for arm64 | CONFIG PAGES SIGN_KEY SIGN_CERT LINE
	@scripts/deb.sh

deb-newer: ## the packages in build/deb anew, if Debian has a newer kernel; for a timer | SIGN_KEY SIGN_CERT
	@scripts/deb_newer.sh

patches: ## the line as a mailable series for git am, in build/series | LINE KERNEL_SRC
	@scripts/series.sh patches

refresh: ## the stored patches again, from a worked-on kernel tree | DIR PATCH LINE KERNEL_SRC
	@exec scripts/series.sh refresh $${DIR:+"$$DIR"}

version: ## the version of this tree, with the commit
	@scripts/version.sh

clean: ## what was built in the clone
	@rm -rf build

distclean: clean ## that, and the cache: kernels, sources, package trees
	@scripts/distclean.sh

endif

.PHONY: help demo bench check check-full check-quick kernel selftests test shell soak mutants tool deb deb-newer patches refresh version clean distclean
