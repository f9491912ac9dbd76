# syntax=docker/dockerfile:1
FROM debian:12.5
RUN <<EOF
set -e
apt-get update
apt-get install -y nginx
cat > /etc/motd <<MOTD
sudo apt-get install this-is-text
MOTD
EOF
COPY <<index <<about /usr/share/
hello
index
who we are
about
RUN python3 <<'PY'
import os
os.system("cd /tmp")
PY
RUN <<SH
#!/usr/bin/env python3
cd = 1
SH
USER www-data
HEALTHCHECK NONE
