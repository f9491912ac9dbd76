FROM rockylinux:9 AS one
RUN yum install httpd-2.4.57 mod_ssl
FROM fedora:40 AS two
RUN dnf install nginx && dnf clean all
FROM opensuse/leap:15.6
RUN zypper dist-upgrade && zypper install nginx
COPY --from=one / /
COPY --from=3 /x /x
COPY --from=twoo /x /y
USER nobody
HEALTHCHECK NONE
