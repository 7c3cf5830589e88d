# monody with its base model, for a CPU: nothing is fetched when it runs.
#
#   docker build --tag monody .
#   docker run --rm --network none --user "$(id -u):$(id -g)" \
#     --volume "$PWD:/music" monody sample --bars 16
#
# /music is where it works: data/midi, experiments/ and generated/ lie there.

FROM python:3.13-slim-trixie AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
# The environment is the only thing that goes on to the image.
RUN python -m venv /opt/monody \
    && /opt/monody/bin/pip install --no-cache-dir '.[picture]' \
    && /opt/monody/bin/pip uninstall --yes pip

FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="monody" \
      org.opencontainers.image.description="Learns from a folder of MIDI files and writes new melodies" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/monody /opt/monody
# Any user may run it: what it remembers goes to a folder that is open to all of them,
# and holds nothing but what can be read again.
RUN useradd --create-home --uid 1000 musician \
    && install --directory --owner musician --mode 0777 /music /cache
ENV PATH="/opt/monody/bin:$PATH" \
    LANG=C.UTF-8 \
    MONODY_CACHE=/cache \
    PYTHONDONTWRITEBYTECODE=1
USER 1000
WORKDIR /music
ENTRYPOINT ["monody"]
CMD ["--help"]
