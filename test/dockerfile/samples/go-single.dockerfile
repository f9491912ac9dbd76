FROM golang:1.22
WORKDIR /src
COPY . .
RUN go mod download
RUN cd cmd/shop && go build -o /shop
USER root
ENTRYPOINT ['/shop']
