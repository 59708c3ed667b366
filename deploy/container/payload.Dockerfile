# A folder as an image: data or models of one version, copied into a pod by an init container.
#   docker build -f deploy/container/payload.Dockerfile -t brigade-data:1 data
#   docker build -f deploy/container/payload.Dockerfile -t brigade-models:1 deploy/models
# The last argument is the folder.
FROM debian:bookworm-slim
COPY --chmod=0755 . /payload
USER 10001:10001
# Whoever starts this mounts the target.
HEALTHCHECK NONE
ENTRYPOINT ["cp", "--recursive", "/payload/.", "/target/"]
