FROM gradle:8.7-jdk21
WORKDIR /src
ADD . /src
RUN gradle build --no-daemon
ENTRYPOINT java $JAVA_OPTS -jar build/libs/shop.jar
