# Stands for envoyproxy/envoy: Debian, and the Envoy out of its pinned wheel.
ARG DEBIAN_IMAGE
FROM ${DEBIAN_IMAGE}
COPY envoy /usr/local/bin/envoy
RUN groupadd -g 101 envoy && useradd -u 101 -g 101 -M -s /usr/sbin/nologin envoy
CMD ["envoy", "-c", "/etc/envoy/envoy.yaml"]
