FROM alpine
RUN apk add curl bash=5.2.26-r0
RUN wget https://example.com/tool
COPY .env id_rsa ./
COPY .env.example deploy.pub certs/server.key /etc/shop/
ARG NPM_TOKEN
ENV API_KEY=abc AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/token
RUN export GITHUB_TOKEN=s3cr3tvalue && ./build.sh
RUN git clone https://dana:s3cret@git.example.com/shop.git && curl -u dana:s3cret https://x.example.com
