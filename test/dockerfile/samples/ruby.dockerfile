FROM ruby:3.3
WORKDIR /app
COPY . .
RUN gem install bundler rails:7.1.3 && bundle install
CMD ["rails", "server"]
