# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What most scripts share, and what they need before they do anything. A script that
# needs less of it sources that part of lib/ alone. Sourced, never run.

# shellcheck source=scripts/lib/say.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/say.sh"
# shellcheck source=scripts/lib/paths.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib/paths.sh"
# shellcheck source=scripts/lib/list.sh
. "$TOP/scripts/lib/list.sh"
# shellcheck source=scripts/lib/packages.sh
. "$TOP/scripts/lib/packages.sh"
# shellcheck source=scripts/lib/process.sh
. "$TOP/scripts/lib/process.sh"
# shellcheck source=scripts/lib/line.sh
. "$TOP/scripts/lib/line.sh"

need_cache
need_build
need_debian
