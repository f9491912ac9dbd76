FROM centos:7 AS old
RUN yum -y install httpd-2.4.6
FROM old
RUN microdnf install -y nginx-1.24.0
USER 1000
HEALTHCHECK NONE
