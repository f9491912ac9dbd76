FROM shop-base
CMD exec java $OPTS -jar /shop.jar
