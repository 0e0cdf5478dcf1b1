# Sourced by the scripts: find_java sets JAVA_HOME and JAVA to a JDK of version 25 or newer, or explains how to get one.

java_version() {
  "$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1
}

find_java() {
  local candidate version
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/jdk-25* /opt/java/* \
      "$HOME"/.sdkman/candidates/java/25* /Library/Java/JavaVirtualMachines/*25*/Contents/Home; do
    if [ -n "$candidate" ] && [ -x "$candidate/bin/java" ] && [ -x "$candidate/bin/javac" ]; then
      version="$(java_version "$candidate")"
      if [ -n "$version" ] && [ "$version" -ge 25 ]; then
        export JAVA_HOME="$candidate"
        JAVA="$candidate/bin/java"
        return 0
      fi
    fi
  done
  {
    echo "quiver: no JDK 25 or newer was found in JAVA_HOME or the usual folders (/usr/lib/jvm, /opt, ~/.sdkman)."
    echo "Install one, for example Temurin 25 (package temurin-25-jdk) or openjdk-25-jdk, or set JAVA_HOME to it."
  } >&2
  exit 1
}
