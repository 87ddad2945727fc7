# Stands for prom/prometheus: Debian's, under the same user, with the same folders and busybox's wget.
ARG DEBIAN_IMAGE
FROM ${DEBIAN_IMAGE}
RUN apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends prometheus busybox \
 && rm -rf /var/lib/apt/lists/* && install -d -o 65534 -g 65534 /prometheus && ln -s /bin/busybox /usr/local/bin/wget
USER 65534:65534
WORKDIR /prometheus
ENTRYPOINT ["prometheus"]
