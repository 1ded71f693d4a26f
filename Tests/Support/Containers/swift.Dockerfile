# Stands in for docker.io/library/swift:6.3.1-bookworm where no registry can be reached: what Swift's image has besides the
# toolchain, which scripts/check-stack mounts at TOOLCHAIN while it builds.
FROM docker.io/library/debian:bookworm-slim
ARG TOOLCHAIN
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends binutils ca-certificates g++ gcc git libc6-dev libcurl4 libedit2 libncurses6 \
      libpython3.11 libsqlite3-0 libstdc++-12-dev libxml2 libz3-4 pkg-config tzdata \
 && rm -rf /var/lib/apt/lists/*
ENV PATH=${TOOLCHAIN}/usr/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
