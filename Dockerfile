# Two stages: the first compiles one static program, the second holds it and
# nothing else, so that there is no shell, no package and no library to patch.
#
#   docker run --read-only --cap-drop ALL --security-opt no-new-privileges \
#     -v svilpe-data:/data -v svilpe-keys:/keys -p 127.0.0.1:8080:8080 svilpe
#
# The root file system is never written. data/ and keys/ are two volumes on
# purpose: a backup of the first without the second opens nothing.
FROM golang:1.26.8-bookworm AS build
ENV GOTOOLCHAIN=local
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download && go mod verify
COPY . .
ARG VERSION=unknown
RUN make build VERSION="$VERSION" && install -d -m 0700 /empty/data /empty/keys

FROM scratch
COPY --from=build /src/dist/svilpe /svilpe
COPY --from=build --chown=65532:65532 /empty/ /
ENV SVILPE_PATHS__DATA=/data SVILPE_PATHS__KEYS=/keys SVILPE_LISTEN__PUBLIC=0.0.0.0:8080
USER 65532:65532
VOLUME ["/data", "/keys"]
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 CMD ["/svilpe", "serve", "--probe"]
ENTRYPOINT ["/svilpe"]
CMD ["serve"]
