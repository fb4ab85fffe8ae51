# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Processes: who waits for whom, and who stops whom. Sourced, after paths.sh.

# take_lock NAME [DIR]: until this shell and all it started are gone. A build whose
# shell was killed therefore still keeps others out while its make runs on. The file
# may have been removed by the one who had it (distclean): then it keeps nobody out.
take_lock() {
	local fd file=${2:-$CACHE/lock}/$1
	while :; do
		mkdir -p "${file%/*}"
		exec {fd}>>"$file"
		if ! flock -n "$fd"; then
			note "waiting for another cohmem process (${1%.lock})"
			flock "$fd"
		fi
		[ ! "/proc/self/fd/$fd" -ef "$file" ] || return 0
		exec {fd}>&-
	done
}

# supervise "$@": runs the script again, as a child, and waits for it. A shell that gets a
# signal waits for its foreground command first, or leaves it behind. The shell that waits
# here has no other command: at a signal it stops the child and all that came of it at once.
# Scripts that the child calls are not run twice.
supervise() {
	local rc=0
	[ -z "${COHMEM_SUPERVISED:-}" ] || return 0
	trap 'stop_descendants 130' INT
	trap 'stop_descendants 143' TERM HUP
	COHMEM_SUPERVISED=$$ setpriv --pdeathsig TERM "$0" "$@" <&0 &
	wait $! || rc=$?
	exit "$rc"
}

# still_running [PID...]: prints which of these processes run, which descendants of this
# shell, and which processes that supervise() has marked, even if another one is their parent
# now. Parents come first. The process that asks is left out.
still_running() {
	local me=$BASHPID	# in a pipe it would be one of the pipe
	{
		grep -lzxF "COHMEM_SUPERVISED=$$" /proc/[0-9]*/environ 2>/dev/null | sed 's/[^0-9]//g; s/^/Marked: /' || true
		cat /proc/[0-9]*/status 2>/dev/null || true
	} | awk -v top=$$ -v me="$me" -v known="$*" '
		/^Marked:/ { is_known[$2] }
		/^State:/ { state = $2 }
		/^Pid:/ { pid = $2 }
		/^PPid:/ { parent[pid] = $2; if (state == "Z") gone[pid] }
		END {
			for (n = split(known, pids); n; n--)
				is_known[pids[n]]
			for (pid in parent) {
				depth = 0
				for (p = pid; p in parent && p != top && p != me; p = parent[p])
					depth++
				if (p != me && !(pid in gone) && (pid in is_known || (p == top && pid != top)))
					print depth, pid
			}
		}' | sort -n | cut -d" " -f2
}

# stop_descendants STATUS: stops all of them, and exits. A process gets SIGTERM as soon as it
# is seen, a parent before its children: a shell whose child has ended would start the next
# command. After five seconds it gets SIGTERM again, and after fifteen SIGKILL.
stop_descendants() {
	local pids=() asked=' ' pid tries
	trap '' INT TERM HUP
	note "interrupted"
	for ((tries = 0; tries < 100; tries++)); do
		mapfile -t pids < <(still_running "${pids[@]}")
		[ ${#pids[@]} -gt 0 ] || break
		[ "$tries" != 25 ] || asked=' '
		[ "$tries" != 75 ] || kill -KILL "${pids[@]}" 2>/dev/null || true
		for pid in "${pids[@]}"; do
			[[ $asked != *" $pid "* ]] || continue
			asked+="$pid "
			kill -TERM "$pid" 2>/dev/null || true
		done
		sleep 0.2
	done
	exit "$1"
}

# watched LOG STATE COMMAND...: runs COMMAND with its output in LOG, while the
# command STATE LOG prints one line of progress now and then. COMMAND has a process group of
# its own, and this script stops that group when it is stopped. The ticker has another group:
# if this script is killed, the ticker stops the first.
watched() {
	local log=$1 state=$2 ticker rc=0
	shift 2
	: >"$log"
	set -m
	"$@" >>"$log" 2>&1 </dev/null &
	WATCHED=$!
	ticker "$log" "$state" &
	ticker=$!
	set +m
	trap stop_watched INT TERM HUP
	wait "$WATCHED" || rc=$?
	trap - INT TERM HUP
	kill "$ticker" 2>/dev/null || true
	wait "$ticker" 2>/dev/null || true
	[ ! -t 2 ] || printf '\r\033[K' >&2
	return "$rc"
}

stop_watched() {
	trap '' INT TERM HUP
	kill -TERM -- "-$WATCHED" 2>/dev/null || true
	wait "$WATCHED" 2>/dev/null || true
	exit 143
}

ticker() {
	local every=30 start=$SECONDS last=$SECONDS line
	trap - EXIT
	[ ! -t 2 ] || every=2
	# In short sleeps, for one that is left over keeps our output open.
	while sleep 1 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
		[ $((SECONDS - last)) -ge "$every" ] || continue
		last=$SECONDS
		line=$(printf '  %d:%02d %s' $(((last - start) / 60)) $(((last - start) % 60)) "$("$2" "$1")")
		if [ -t 2 ]; then printf '\r\033[K%.78s' "$line"; else printf '%s\n' "$line"; fi >&2
	done
	# Nobody is left to stop what was started.
	kill -0 $$ 2>/dev/null || kill -TERM -- "-$WATCHED" 2>/dev/null || true
}
