#!/bin/sh
# Removes a private engine once standard input closes: at stop(), or when the process that started the engine has ended,
# however that happened (a pipe closes on SIGKILL too). Every stop takes this path, so it is exercised all the time.
# Arguments: the engine's folder, its bridge, the lock on the host's firewall, and the prefixes of its addresses.
dir=$1 bridge=$2 lock=$3
shift 3
trap '' INT TERM HUP
cat >/dev/null

# Process ids of one program of the engine, recognized by the folder on their command line. Only processes of this user
# count, since anybody can start a program with that text.
ours() {
  for file in $(grep -lsF -e "$dir/" /proc/[0-9]*/cmdline); do
    pid=${file#/proc/}
    pid=${pid%/cmdline}
    [ -O "/proc/$pid" ] || continue
    case $(cat "/proc/$pid/comm" 2>/dev/null) in $1) echo "$pid" ;; esac
  done
}

# Waits until no process of a program is left, for at most $2 twentieths of a second, and runs $3 each time.
gone() {
  left=$2
  while [ -n "$(ours "$1")" ] && [ "$left" -gt 0 ]; do
    ${3:-:}
    sleep 0.05
    left=$((left - 1))
  done
}

kill_containers() {
  for shim in $(ours 'containerd-shim*'); do
    for file in $(grep -ls "^PPid:[[:space:]]*$shim\$" /proc/[0-9]*/status); do
      pid=${file#/proc/}
      kill -KILL "${pid%/status}" 2>/dev/null
    done
  done
}

# The engine would give each container ten seconds to stop. Once told to stop it restarts none, so they are killed.
kill -TERM $(ours dockerd) 2>/dev/null
gone dockerd 200 kill_containers
kill -KILL $(ours dockerd) 2>/dev/null
kill_containers
gone 'containerd-shim*' 10
kill -TERM $(ours containerd) 2>/dev/null
gone containerd 60
kill -KILL $(ours 'containerd*') 2>/dev/null

cut -d' ' -f2 /proc/mounts | grep -F -e "$dir/" | grep "^$(echo "$dir" | sed 's/[.[*^$]/\\&/g')/" | sort -r | while read -r mount; do umount -l "$mount" 2>/dev/null; done

# The engine leaves the bridges of its networks and their firewall rules behind.
pattern=" $bridge "
for start in "$@"; do
  for link in $(ip -o -4 addr | grep -F " $start" | while read -r _ link _; do echo "$link"; done); do
    pattern="$pattern| $link "
    ip link del "$link" 2>/dev/null
  done
  pattern="$pattern| $(echo "$start" | sed 's/\./\\./g')[0-9]"
done
ip link del "$bridge" 2>/dev/null
if command -v iptables-save >/dev/null; then
  exec 9>"$lock" && flock -w 20 9
  iptables-save | sed -nE -e '/^(\*|COMMIT)/p' -e "/$(echo "$pattern" | sed 's,/,\\/,g')/s/^-A/-D/p" |
    iptables-restore -w 10 --noflush 2>/dev/null
fi
[ -e "$dir/keep" ] || rm -rf "$dir"
