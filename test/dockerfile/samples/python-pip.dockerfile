FROM python:3.12-slim
WORKDIR /srv
COPY . .
RUN pip install -r requirements.txt
RUN pip install gunicorn flask==3.0.3
RUN curl -sSL https://install.example.com | sh
USER 1000
HEALTHCHECK NONE
CMD ["gunicorn", "shop:app"]
