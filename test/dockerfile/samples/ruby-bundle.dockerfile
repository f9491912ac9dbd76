FROM ruby:3.3.1
WORKDIR /app
COPY ./ /app/
RUN bundle install
USER app
HEALTHCHECK NONE
CMD rails server -b 0.0.0.0
