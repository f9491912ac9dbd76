FROM golang:1.22 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN go install golang.org/x/tools/cmd/stringer && go install example.com/gen@v1.2.0 && CGO_ENABLED=0 go build -o /shop ./cmd/shop

FROM gcr.io/distroless/static:nonroot
COPY --from=build /shop /shop
ENTRYPOINT ["/shop"]
