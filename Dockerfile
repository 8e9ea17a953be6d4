FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1

# WeasyPrint sets the pages that go out on paper with Pango, and embeds a Japanese font.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /house --shell /usr/sbin/nologin house \
    && install -d -o house -g house /data
WORKDIR /house

COPY requirements/run.txt requirements/run.txt
RUN pip install --require-hashes --no-deps -r requirements/run.txt

COPY --chown=root:root . .

USER house
ENV IBASHO_ENV=production IBASHO_DATA=/data
VOLUME /data
EXPOSE 8000
# The exec form, so that SIGTERM reaches the launcher: it says goodbye before it stops.
CMD ["python", "-m", "ibasho.serve", "--server", "uvicorn", "--host", "0.0.0.0", "--port", "8000"]
