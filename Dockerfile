# Two stages: one with a compiler, one with the binary. Both databases are built in, so the second needs nothing but libc.
FROM rust:1.95-slim-bookworm AS build
WORKDIR /build
COPY . .
# The caches stay on the building machine: a changed line compiles one crate, not three hundred.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --profile dist --locked --bin ascn-tracker \
    && install -D target/dist/ascn-tracker /out/ascn-tracker

FROM debian:bookworm-slim
# For those who run one container on SQLite: mount a volume here. With PostgreSQL nothing is written.
RUN install -d -o 10001 -g 10001 -m 0700 /var/lib/ascn-tracker
COPY LICENSE-APACHE LICENSE-MIT /usr/share/doc/ascn-tracker/
COPY --from=build /out/ascn-tracker /usr/local/bin/ascn-tracker

# A number, so that an orchestrator can tell that it is not root.
USER 10001:10001
WORKDIR /var/lib/ascn-tracker
# Inside a container, loopback would be reachable by nobody.
ENV ASCN_BIND=0.0.0.0:8080
EXPOSE 8080

# bash speaks enough HTTP to ask, and the image needs no curl. Ready means: migrated, and the database answers.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["bash", "-c", "port=$(grep -o '[0-9]*$' <<<$ASCN_BIND) && exec 3<>/dev/tcp/127.0.0.1/$port && printf 'GET /health/ready HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [[ $status == 200 ]]"]

ENTRYPOINT ["/usr/local/bin/ascn-tracker"]
CMD ["serve"]
