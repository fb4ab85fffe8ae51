# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The reader of lists is lib/list.sh. Sourced, after env.sh or lib/say.sh.

# shellcheck source=scripts/lib/list.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/list.sh"
