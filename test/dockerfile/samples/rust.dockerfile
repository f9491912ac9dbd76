FROM rust:1.78
COPY . .
RUN cargo build --release
CMD ["./target/release/shop"]
