FROM node:20.11
RUN npm install -g pm2 typescript@5.4.2 @angular/cli
RUN npm install -g yarn@1.22.22 ./local.tgz
USER node
HEALTHCHECK NONE
CMD ["pm2-runtime", "app.js"]
