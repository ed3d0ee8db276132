# The server, from this folder and the package index alone.
#
#   docker build -t recur --build-arg COMMIT="$(git rev-parse --short=12 HEAD)" .
#   python -c 'import secrets; print(secrets.token_urlsafe())' > tokens && chmod 644 tokens
#   docker run -p 127.0.0.1:8000:8000 -v "$PWD/models:/models:ro" -v "$PWD/tokens:/tokens:ro" \
#       -v recur-data:/data recur
#   curl -H "Authorization: Bearer $(cat tokens)" 127.0.0.1:8000/v1/models
#
# Within its container the server listens on every address, or nothing would reach it from outside;
# that is why it wants a token, in a file that user 10001 can read. `-p 127.0.0.1:8000:8000` opens
# it to this machine alone; with `-p 8000:8000` others reach it too, and want a proxy with TLS
# between. Models lie in /models and may be replaced while it runs; jobs and compiled kernels in
# /data, which a volume keeps.

FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
ARG COMMIT=""
RUN if [ -n "$COMMIT" ]; then echo "$COMMIT" > src/recur/commit.txt; fi
RUN python -m venv /opt/recur \
    && PIP_CONSTRAINT=constraints.txt /opt/recur/bin/pip install --no-cache-dir '.[server]'

FROM python:3.13-slim
COPY --from=build /opt/recur /opt/recur
RUN useradd --uid 10001 --no-create-home recur \
    && mkdir /models /data && chown recur:recur /data
ENV PATH=/opt/recur/bin:$PATH PYTHONUNBUFFERED=1 HOME=/data XDG_CACHE_HOME=/data
USER recur
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=60s CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health', timeout=20)"]
ENTRYPOINT ["recur"]
CMD ["serve", "/models", "--host", "0.0.0.0", "--token-file", "/tokens", "--data", "/data/jobs"]
