/** The Debian package of Prometheus, with the program that shows that it is installed. */
export const PROMETHEUS_PACKAGES = { prometheus: 'promtool' };
