FROM python:3.11.9
WORKDIR /srv
COPY . .
RUN pip install --no-cache-dir poetry==1.8.3 && poetry install
USER app
HEALTHCHECK NONE
CMD poetry run shop
