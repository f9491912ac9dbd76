FROM python:3.12
ENV PIP_NO_CACHE_DIR=1
WORKDIR /srv
COPY requirements.txt .
RUN python3 -m pip install --upgrade pip && python3 -m pip install -r requirements.txt -c limits.txt
COPY . .
USER app
HEALTHCHECK NONE
ENTRYPOINT ["python3", "-m", "shop"]
