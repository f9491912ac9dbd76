#!/bin/sh
# Runs a program of another Debian, extracted into the folder $1, in a mount namespace whose root that folder is.
# pivot_root rather than chroot: in a chroot runc can neither exec nor run a health check. The folder $2 has the same
# path inside. Called as: unshare --mount --propagation slave sh in-root.sh ROOT SHARED PROGRAM ARGUMENTS…
set -e
root=$1 shared=$2
shift 2
mount --bind "$root" "$root"
for folder in /proc /sys /dev "$shared"; do
  mkdir -p "$root$folder"
  mount --rbind "$folder" "$root$folder"
done
# An empty /run, or the engine would find the machine's sockets.
mount -t tmpfs -o mode=755 run "$root/run"
# Both use the same lock for the one firewall.
touch /run/xtables.lock "$root/run/xtables.lock"
mount --bind /run/xtables.lock "$root/run/xtables.lock"
cd "$root"
mkdir -p .outside
pivot_root . .outside
umount -l /.outside
exec "$@"
