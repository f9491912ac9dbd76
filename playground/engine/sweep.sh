#!/bin/sh
# Takes a private engine away once standard input closes: at stop(), or when whoever started it is gone, however it ended
# (a pipe closes on SIGKILL too). The one way out, so it is tried at every stop and not only in an emergency.
# Arguments: the engine's folder, its bridge, the lock on the host's firewall, and the beginnings of its addresses.
dir=$1 bridge=$2 lock=$3
shift 3
trap '' INT TERM HUP
cat >/dev/null

# Process ids of one program among the engine's own, which have the folder on their command line. Anybody may write that on
# theirs, so only processes of our own user count.
ours() {
  for file in $(grep -lsF -e "$dir/" /proc/[0-9]*/cmdline); do
    pid=${file#/proc/}
    pid=${pid%/cmdline}
    [ -O "/proc/$pid" ] || continue
    case $(cat "/proc/$pid/comm" 2>/dev/null) in $1) echo "$pid" ;; esac
  done
}

# Waits until none of a program's processes is left, for $2 twentieths of a second; meanwhile does $3 again and again.
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

# The engine would grant each container ten seconds to end. Told to stop it starts none again, so they are killed after.
kill -TERM $(ours dockerd) 2>/dev/null
gone dockerd 200 kill_containers
kill -KILL $(ours dockerd) 2>/dev/null
kill_containers
gone 'containerd-shim*' 10
kill -TERM $(ours containerd) 2>/dev/null
gone containerd 60
kill -KILL $(ours 'containerd*') 2>/dev/null

cut -d' ' -f2 /proc/mounts | grep -F -e "$dir/" | grep "^$(echo "$dir" | sed 's/[.[*^$]/\\&/g')/" | sort -r | while read -r mount; do umount -l "$mount" 2>/dev/null; done

# The engine leaves the bridges of its networks and all their firewall rules behind.
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
