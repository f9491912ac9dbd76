FROM php:8.3-apache
RUN apt-get update && apt-get install -y git unzip libpq-dev && docker-php-ext-install pdo_pgsql
WORKDIR /var/www/html
COPY . .
RUN composer install --no-dev
