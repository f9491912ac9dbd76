# nothing but words
# hadolint ignore=DL3006
